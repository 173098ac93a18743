import { recognise } from "./archive-format.ts";
import { type ArchiveReader, createReader } from "./archive-reader.ts";
import { type ByteSource, readBytes } from "./byte-source.ts";
import type { Archive, ArchiveFormat, Compression, ImageEntry } from "./image.ts";
import { compressionOf, type InflateReport, inflate, sniffCompression } from "./inflate.ts";
import { InflatedSource, RestartList } from "./inflated-source.ts";
import { LayerTable } from "./layer-table.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { isImagePath, MemberSink, Members } from "./members.ts";
import { OCI_INDEX } from "./oci-layout.ts";
import { finishImage, type OpenContext } from "./open-context.ts";
import type { Problem, ProblemFacts } from "./problem.ts";
import { ProblemList } from "./problem-list.ts";
import { failureOf, type ReadFailure } from "./read-failure.ts";
import type { ReadOptions } from "./read-options.ts";
import { recoverLayers } from "./recover.ts";
import { fileSystemIn, seenIn } from "./sniff.ts";
import { blockKind } from "./tar-header.ts";
import { TarReader } from "./tar-reader.ts";
import { scanTar } from "./tar-scan.ts";

export type OpenResult =
  | { readonly type: "opened"; readonly reader: ArchiveReader }
  /** Not an archive we can open: `problem` says why, first of all `problems`. */
  | { readonly type: "refused"; readonly problem: Problem; readonly problems: readonly Problem[] };

export interface OpenOptions extends ReadOptions {
  /** What blob ids begin with: unique among open archives. Left out: the first source's name. */
  readonly id?: string;
}

/** Shorter than this is no tar: one header. */
const SHORTEST = 512;
/** A tar with so many entries, and none that archives of images have, is a file system. */
const MOST_FOREIGN = 20_000;

/** What looking through one file gave. */
interface Scan {
  readonly members: Members;
  readonly entries: number;
  readonly compression: Compression;
  /** Why it ended early; null when it was read to its end, or far enough. */
  readonly failure: ReadFailure | null;
}

/**
 * Opens an archive of images, a folder of one (each file a source, named by its path), or bare layers, base first.
 *
 * Finds out what it is and which layers it has, and reads no layer. Rejects only when aborted.
 */
export async function openArchive(
  sources: readonly ByteSource[],
  options: OpenOptions = {},
): Promise<OpenResult> {
  const first = sources[0];
  const name = archiveName(sources);
  const problems = new ProblemList(name, null);
  const refuse = (problem: Problem): OpenResult => ({
    type: "refused",
    problem,
    problems: [problem, ...problems.list().filter((other) => other !== problem)],
  });
  if (!first || sources.every((source) => source.size === 0))
    return refuse(problems.add({ type: "empty-file" }));
  if (sources.length > 1 || first.name.includes("/")) {
    const members = folderMembers(sources);
    if (members.all.some((member) => isImagePath(member.path))) {
      const context = contextOf(name, members, problems, options);
      const found = await recognise(context);
      if (found.type === "broken") return refuse(found.problem);
      if (found.type === "images") return await opened(sources, context, found, "none", options);
    }
  }
  const stranger = await notLayer(sources);
  if (stranger) return refuse(problems.add({ type: "folder-without-image", path: stranger.name }));
  if (sources.length > 1) return await openLayers(sources, name, problems, options);
  return await openFile(first, problems, options, refuse);
}

/** The first file of a folder of folders that is no layer: a file system, or what an engine keeps for itself. */
async function notLayer(sources: readonly ByteSource[]): Promise<ByteSource | null> {
  const [top = ""] = sources[0]?.name.split("/", 1) ?? [];
  const isFolder = !/^\.*$/.test(top) && sources.every(({ name }) => name.startsWith(`${top}/`));
  const directories = new Set(sources.map(({ name }) => name.slice(0, name.lastIndexOf("/"))));
  if (!isFolder || directories.size < 2) return null;
  for (const source of sources) if (!(await seemsLayer(source))) return source;
  return null;
}

async function seemsLayer(source: ByteSource): Promise<boolean> {
  const head = await readBytes(source, 0, SHORTEST);
  if (sniffCompression(head) !== "none") return true;
  return head.length === SHORTEST && blockKind(head) !== "bad-checksum";
}

async function openFile(
  source: ByteSource,
  problems: ProblemList,
  options: OpenOptions,
  refuse: (problem: Problem) => OpenResult,
): Promise<OpenResult> {
  const scan = await scanFile(source, problems, options);
  const { failure } = scan;
  const fault = failure && (await faultOf(source, scan, failure));
  const context = contextOf(source.name, rooted(scan.members), problems, options);
  if (failure && scan.entries === 0)
    return refuse(problems.add(fault ?? failure.facts, failure.offset));
  const found = await recognise(context);
  const cut = failure && problems.add(failure.facts, failure.offset);
  if (found.type === "images")
    return await opened([source], context, found, scan.compression, options);
  if (found.type === "broken") {
    // An archive that ends between two entries lacks what it says of its images, and its end.
    const end = problems.list().find((problem) => problem.type === "tar-no-end");
    const short = end && problems.add({ type: "tar-truncated", missing: null }, end.at.offset);
    return refuse(cut ?? short ?? found.problem);
  }
  const fileSystem = scan.entries === 0 && (await fileSystemIn(source));
  if (fileSystem) return refuse(problems.add({ type: "not-an-archive", seen: fileSystem }));
  // What is wrong with the tar will be said when it is read as a layer.
  const own = new ProblemList(source.name, null);
  if (scan.entries === 0) own.add({ type: "empty-archive" });
  return await openLayers([source], source.name, own, options);
}

/** Lists what a tar holds, compressed or not. */
async function scanFile(
  source: ByteSource,
  problems: ProblemList,
  options: OpenOptions,
): Promise<Scan> {
  const { signal, limits = DEFAULT_LIMITS } = options;
  let compression: Compression = "none";
  let sink = new MemberSink(source, problems);
  let reader = new TarReader(sink, limits.entries);
  let failure: ReadFailure | null = null;
  const isFarEnough = () => sink.entries > MOST_FOREIGN && !sink.seemsImage;
  const progress = (bytesRead: number) =>
    options.onProgress?.({
      layer: null,
      bytesRead,
      bytesTotal: source.size,
      entries: reader.entries,
    });
  try {
    compression = await compressionOf(source);
    if (compression === "none")
      await scanTar(source, reader, signal, (bytesRead) => {
        progress(bytesRead);
        return !isFarEnough();
      });
    else {
      const restarts = new RestartList();
      const inflated = new InflatedSource(source, compression, restarts.list);
      sink = new MemberSink(inflated, problems);
      reader = new TarReader(sink, limits.entries);
      const report: InflateReport = {
        problem: (facts, offset) => problems.add(facts, offset),
        progress,
        restart: (at) => restarts.add(at),
      };
      for await (const chunk of inflate(source, compression, { limits, signal, report })) {
        inflated.append(chunk);
        reader.push(chunk);
        if (isFarEnough()) break;
      }
      if (!isFarEnough()) reader.finish();
    }
  } catch (error) {
    failure = failureOf(error, signal);
  }
  return { members: sink.members, entries: sink.entries, compression, failure };
}

/** What to say of a file that has no entry at all. */
async function faultOf(
  source: ByteSource,
  scan: Scan,
  failure: ReadFailure,
): Promise<ProblemFacts> {
  const isBroken = failure.facts.type !== "tar-checksum" && failure.facts.type !== "tar-truncated";
  if (isBroken) return failure.facts;
  const seen = scan.compression === "none" ? await seenIn(source) : scan.compression;
  const isKnown = seen !== "text" && seen !== "data";
  if (!isKnown && source.size < SHORTEST) return { type: "too-short", bytes: source.size };
  if (!isKnown && failure.facts.type === "tar-truncated") return failure.facts;
  return { type: "not-an-archive", seen };
}

/** Bare layers, base first: a plain root file system is one. */
async function openLayers(
  sources: readonly ByteSource[],
  name: string,
  problems: ProblemList,
  options: OpenOptions,
): Promise<OpenResult> {
  const members = new Members();
  for (const source of sources) members.add({ type: "file", path: source.name, source });
  const context = contextOf(name, members, problems, options);
  const image = await finishImage(context, {
    kind: "image",
    refs: [],
    platform: null,
    manifestDigest: null,
    config: null,
    configPath: null,
    claims: sources.map((source) => ({
      path: source.name,
      mediaType: "",
      digest: null,
      size: null,
      urls: [],
      unreadable: null,
      inline: source,
    })),
    problems: [],
  });
  return await opened(sources, context, { format: "layers", images: [image] }, "none", options);
}

async function opened(
  sources: readonly ByteSource[],
  context: OpenContext,
  found: { readonly format: ArchiveFormat; readonly images: readonly ImageEntry[] },
  compression: Compression,
  options: OpenOptions,
): Promise<OpenResult> {
  const images = found.images.map((image, index) => ({ ...image, index }));
  if (!images.some((image) => image.kind === "image")) context.problems.add({ type: "no-images" });
  await recoverLayers(context, images, options.signal);
  const archive: Archive = {
    id: options.id ?? context.file,
    name: context.file,
    size: sources.reduce((sum, source) => sum + source.size, 0),
    format: found.format,
    compression,
    images,
    layers: context.layers.blobs,
    problems: [...context.problems.list(), ...context.memberProblems, ...context.layers.problems],
  };
  return { type: "opened", reader: createReader(archive, context.layers) };
}

function contextOf(
  file: string,
  members: Members,
  problems: ProblemList,
  options: OpenOptions,
): OpenContext {
  return {
    file,
    members,
    layers: new LayerTable(options.id ?? file, file, members),
    limits: options.limits ?? DEFAULT_LIMITS,
    problems,
    memberProblems: [],
  };
}

/** The files of a folder, or picked one by one. What all paths begin with is the folder itself. */
function folderMembers(sources: readonly ByteSource[]): Members {
  const members = new Members();
  const isLayout = sources.some((source) => source.name === OCI_INDEX);
  for (const source of sources) {
    const path = source.name
      .split("/")
      .filter((part) => part !== "" && part !== ".")
      .join("/");
    // Files of a layout that were picked one by one have lost their directories.
    const algorithm = isLayout ? BLOB_NAMES[path.length] : undefined;
    const isBlob = algorithm !== undefined && /^[0-9a-f]+$/.test(path);
    members.add({ type: "file", path: isBlob ? `blobs/${algorithm}/${path}` : path, source });
  }
  return rooted(members);
}

/** The algorithm of a blob's name by its length. */
const BLOB_NAMES: Readonly<Record<number, string>> = { 64: "sha256", 128: "sha512" };

/** Folders around an archive's files that are looked through. */
const MOST_FOLDERS = 16;

/** The members seen from the one directory that holds them all, when that is what makes them an image. */
function rooted(members: Members): Members {
  let inside = members;
  for (let depth = 0; depth < MOST_FOLDERS; depth++) {
    const { all } = inside;
    if (all.some((member) => isImagePath(member.path))) return inside;
    const top = all[0]?.path.split("/", 1)[0];
    const isOne = all.every(({ path }) => path === top || path.startsWith(`${top}/`));
    if (top === undefined || !isOne) return members;
    inside = new Members();
    for (const member of all)
      if (member.path !== top) inside.add({ ...member, path: member.path.slice(top.length + 1) });
  }
  return members;
}

function archiveName(sources: readonly ByteSource[]): string {
  const first = sources[0]?.name ?? "";
  return sources.length > 1 && first.includes("/") ? first.slice(0, first.indexOf("/")) : first;
}
