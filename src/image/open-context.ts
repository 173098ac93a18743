import type { ByteSource } from "./byte-source.ts";
import { type ParsedConfig, parseConfig, platformOf } from "./config.ts";
import { chainIds, digestOf } from "./digest.ts";
import type { HistoryStep, ImageEntry, Platform } from "./image.ts";
import { type JsonText, readJson } from "./json.ts";
import { imageLayers, type LayerClaim, type LayerTable, missingFacts } from "./layer-table.ts";
import { type Limits, MOST_LAYERS } from "./limits.ts";
import type { Members } from "./members.ts";
import type { MemberRole, Problem } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { failureOf } from "./read-failure.ts";

/** What the readers of the formats share while one archive is opened. */
export interface OpenContext {
  /** The name of what was opened, for problems. */
  readonly file: string;
  readonly members: Members;
  readonly layers: LayerTable;
  readonly limits: Limits;
  /** Problems of the archive as a whole. */
  readonly problems: ProblemList;
  /** Problems of single members, as they are met. */
  readonly memberProblems: Problem[];
}

/** What a format knows of one image. */
export interface ImageDraft {
  readonly kind: ImageEntry["kind"];
  readonly refs: readonly string[];
  /** As a descriptor says it; the config's is used without one. */
  readonly platform: Platform | null;
  readonly manifestDigest: string | null;
  readonly config: JsonText | null;
  /** The config's path, for problems. */
  readonly configPath: string | null;
  readonly claims: readonly LayerClaim[];
  /** In place of the config's: Docker 1.x has a document for each layer. */
  readonly history?: readonly Omit<HistoryStep, "k">[];
  readonly problems: readonly Problem[];
}

/** Reads a JSON member; null, with a problem, when it cannot be read. */
export async function readMember(
  context: OpenContext,
  path: string,
  role: MemberRole,
  problems: Problem[],
): Promise<JsonText | null> {
  const list = new ProblemList(context.file, path);
  const resolved = context.members.resolve(path);
  let document: JsonText | null = null;
  if (resolved.type !== "file") list.add(missingFacts(resolved, role));
  else document = await readDocument(resolved.source, context.limits, list);
  problems.push(...list.list());
  return document;
}

async function readDocument(
  source: ByteSource,
  limits: Limits,
  problems: ProblemList,
): Promise<JsonText | null> {
  try {
    return await readJson(source, limits);
  } catch (error) {
    const { facts, offset } = failureOf(error);
    problems.add(facts, offset);
    return null;
  }
}

/** Makes an image entry of what a format knows: layers looked up, diffIDs, chains and history matched. */
export async function finishImage(context: OpenContext, draft: ImageDraft): Promise<ImageEntry> {
  const list = new ProblemList(context.file, draft.configPath);
  const parsed = draft.config && parseConfig(draft.config, list);
  const keys: string[] = [];
  const claims = draft.claims.slice(0, MOST_LAYERS);
  const diffIds = diffIdsOf(draft, parsed, list).slice(0, claims.length);
  if (claims.length < draft.claims.length)
    list.add({ type: "layers-many", layers: draft.claims.length, bound: MOST_LAYERS });
  for (const [i, claim] of claims.entries())
    keys.push(await context.layers.claim(claim, diffIds[i] ?? null));
  const { history, steps } = matchHistory(
    draft.history ?? parsed?.history ?? [],
    keys.length,
    list,
  );
  return {
    index: 0,
    kind: draft.kind,
    refs: [...new Set(draft.refs)],
    platform: draft.platform ?? platformOf(parsed?.config ?? null),
    manifestDigest: draft.manifestDigest,
    imageId: draft.config && parsed ? digestOf(draft.config.bytes) : null,
    config: parsed?.config ?? null,
    layers: imageLayers(keys, diffIds, chainIds(diffIds), steps),
    history,
    problems: [...draft.problems, ...list.list()],
  };
}

/** One for each layer, null where the config has none. */
function diffIdsOf(
  draft: ImageDraft,
  parsed: ParsedConfig | null,
  problems: ProblemList,
): readonly (string | null)[] {
  const declared = parsed?.diffIds ?? [];
  const isImage = draft.kind === "image";
  const layers = draft.claims.length;
  if (isImage && parsed && declared.length !== layers && !draft.history)
    problems.add({ type: "layer-count-differs", layers, diffIds: declared.length });
  return draft.claims.map((_, i) => declared[i] ?? null);
}

/** The n-th step that is not empty made layer n. `steps` gives each layer's step. */
function matchHistory(
  history: readonly Omit<HistoryStep, "k">[],
  layers: number,
  problems: ProblemList,
): { history: readonly HistoryStep[]; steps: readonly number[] } {
  const steps: number[] = [];
  let made = 0;
  const matched = history.map((step, i): HistoryStep => {
    if (step.empty) return { ...step, k: null };
    made += 1;
    if (made > layers) return { ...step, k: null };
    steps.push(i);
    return { ...step, k: made };
  });
  if (history.length > 0 && made !== layers)
    problems.add({ type: "history-count-differs", steps: made, layers });
  return { history: matched, steps };
}
