import type { UnaskedReason, VisitOutcome } from "../engine/event.ts";
import {
  type PathVersion,
  resolveInUnion,
  type UnionResolution,
} from "../image/union/resolution.ts";
import type { LayerRow } from "../image/union/semantics.ts";
import type { Union } from "../image/union/union.ts";
import { extraOf, kindOf } from "../tree/column-tree.ts";
import { safeJson, terminalName } from "./name-text.ts";
import {
  checkLayerNumber,
  chooseImage,
  describeImage,
  type ImageChoice,
  readLayers,
  unionOfLayers,
  withArchive,
} from "./opened-image.ts";
import { Output } from "./output.ts";

interface ResolveOptions extends ImageChoice {
  readonly upto?: number;
  readonly json?: true;
}

/** `unionscope resolve`: prints how a path is found. The last of `args` is the path. */
export function resolve(args: readonly string[], options: ResolveOptions): Promise<number> {
  const files = args.slice(0, -1);
  const path = args[args.length - 1] ?? "";
  if (files.length === 0) {
    process.stderr.write("A file and a path are needed: unionscope resolve FILE… PATH\n");
    return Promise.resolve(2);
  }
  return withArchive(files, async (opened) => {
    const image = chooseImage(opened.archive, options);
    const upto =
      options.upto === undefined ? image.layers.length : checkLayerNumber(options.upto, image);
    const union = unionOfLayers(await readLayers(opened, image, upto, false));
    const asked = path.startsWith("/") ? path : `/${path}`;
    const found = resolveInUnion(union, asked, upto, options.semantics, false);
    const output = new Output();
    if (options.json) output.line(safeJson(resolutionJson(union, asked, found)));
    else
      for (const line of resolutionText(union, asked, found, describeImage(image)))
        output.line(line);
    await output.flush();
  });
}

function resolutionJson(union: Union, asked: string, found: UnionResolution) {
  const { resolution, upto, shows, semantics, winner, versions } = found;
  let number = 0;
  return {
    path: asked,
    upto,
    semantics,
    shows,
    errno: resolution.errno,
    resolved: resolution.errno === null ? resolution.path : null,
    winner: winner && versionJson(union, found, winner),
    leadsTo: leadsTo(union, asked, found),
    steps: resolution.steps.map(({ path, name, visits, unasked, result, followed }) => ({
      path,
      name,
      visits: visits.map(({ branch, outcome, probes }) => {
        number += 1;
        return { number, branch, layer: upto - branch, outcome, probes };
      }),
      notAsked: unasked.map(({ branch, reason }) => ({ branch, layer: upto - branch, reason })),
      found: result.found.map(({ branch }) => upto - branch),
      kind: result.kind,
      followed,
    })),
    versions: versions.map((version) => ({
      ...versionJson(union, found, version),
      state: version.state,
      how: version.how,
      by: version.by,
      at: version.at,
    })),
  };
}

/** The path a symlink leads to in the union; null for anything else and for one that leads nowhere. */
function leadsTo(union: Union, asked: string, { upto, semantics, resolution }: UnionResolution) {
  if (resolution.kind !== "symlink") return null;
  const followed = resolveInUnion(union, asked, upto, semantics, true).resolution;
  return followed.errno === null ? followed.path : null;
}

function versionJson(union: Union, { shows }: UnionResolution, { layer, row }: LayerRow) {
  const { tree } = union[shows][layer - 1]!;
  const { target, rdev } = extraOf(tree, row);
  return {
    layer,
    kind: kindOf(tree, row),
    mode: tree.mode[row]!.toString(8).padStart(4, "0"),
    uid: tree.uid[row]!,
    gid: tree.gid[row]!,
    size: tree.size[row]!,
    mtime: tree.mtime[row]!,
    target: target ?? null,
    rdev: rdev ?? null,
    implied: tree.entry[row]! < 0,
  };
}

const OUTCOMES: Readonly<Record<VisitOutcome, string>> = {
  found: "found",
  missing: "not here",
  whiteout: "a whiteout: gone, here and below",
  "type-differs": "here, but of another type: the search ends",
  opaque: "found, and opaque: nothing below is asked",
  invalid: "what is here makes no sense",
};

const REASONS: Readonly<Record<UnaskedReason, string>> = {
  "no-parent": "the parent directory is not there or not merged",
  covered: "a layer above has it",
  "whiteout-above": "a whiteout above",
  "opaque-above": "an opaque directory above",
  "type-differs-above": "another type above",
  failed: "the search had failed",
};

const STATES: Readonly<Record<NonNullable<PathVersion["how"]>, string>> = {
  covered: "covered by",
  whiteout: "removed by a whiteout in",
  opaque: "hidden by an opaque directory in",
  "parent-replaced": "its parent is replaced in",
};

function* resolutionText(
  union: Union,
  asked: string,
  found: UnionResolution,
  image: string,
): Generator<string> {
  const { resolution, upto, shows, winner, versions } = found;
  const reading = shows === "docker" ? "as Docker shows it" : "as umoci makes it";
  yield terminalName(`${asked} in ${image}, layers 1 to ${upto}, ${reading}`);
  let number = 0;
  for (const { path, visits, unasked, followed } of resolution.steps) {
    yield terminalName(path);
    for (const { branch, outcome } of visits) {
      number += 1;
      yield `${String(number).padStart(4)}  layer ${upto - branch}: ${OUTCOMES[outcome]}`;
    }
    for (const { branch, reason } of unasked)
      yield `   –  layer ${upto - branch}: not asked: ${REASONS[reason]}`;
    if (followed !== null) yield terminalName(`      a symlink, followed: ${followed}`);
  }
  if (winner) {
    const { kind, mode, uid, gid, size, target } = versionJson(union, found, winner);
    const link = target === null ? "" : terminalName(` -> ${target}`);
    yield `layer ${winner.layer} provides it: ${kind} ${mode} ${uid}:${gid}, ${size} bytes${link}`;
    const end = leadsTo(union, asked, found);
    if (kind === "symlink")
      yield end === null ? "It leads nowhere." : terminalName(`It leads to ${end}`);
  } else yield `It is not there: ${resolution.errno ?? "ENOENT"}`;
  for (const version of versions)
    if (version.how !== null)
      yield terminalName(
        `hidden: layer ${version.layer}'s, ${STATES[version.how]} layer ${version.by ?? 0} (at ${version.at ?? ""})`,
      );
    else if (version.state === "merged") yield `merged with it: layer ${version.layer}'s`;
}
