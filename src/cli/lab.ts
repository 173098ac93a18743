import { open, readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { createHost } from "../docker/boot.ts";
import type { Host, LibraryImage } from "../docker/host.ts";
import { miniatures } from "../docker/miniatures.ts";
import type { DriverName } from "../drivers/driver.ts";
import { openArchive } from "../image/open.ts";
import { ArchiveShelf } from "../shell/library.ts";
import { type LineResult, runLine } from "../shell/session.ts";
import { decodeName, encodeName } from "../tree/name.ts";
import { type FileSources, openSources, typedPath, UnreadableFile } from "./file-source.ts";
import { lineJson } from "./lab-json.ts";
import { CannotOpen, EXIT_NOT_OPENED } from "./opened-image.ts";
import { fileSentence, problemLine } from "./problem-text.ts";

export interface LabOptions {
  readonly image?: readonly string[];
  readonly driver: DriverName;
  readonly json?: true;
}

/** When the lab's clock begins: the same on every run, so that ids, times and hashes are. */
const START = Date.UTC(2026, 0, 1) / 1000;

/** `unionscope lab`: runs lines at the host's prompt. The exit code is that of the last one. */
export async function lab(script: string | undefined, options: LabOptions): Promise<number> {
  const opened: FileSources[] = [];
  try {
    const words = await splitWords(script, options.image ?? []);
    const source = await readScript(words.script);
    const shelf = new ArchiveShelf();
    const library: LibraryImage[] = [];
    for (const [index, file] of words.images.entries()) {
      const files = await openSources([file]);
      opened.push(files);
      const result = await openArchive(files.sources, { id: `image${index}` });
      if (result.type === "refused") throw new CannotOpen(problemLine(result.problem));
      library.push(...(await shelf.add(result.reader)));
    }
    const host = createHost({
      library: [...library, ...miniatures()],
      driver: options.driver,
      release: "19.03",
      seed: "unionscope",
      clock: { sec: START, nsec: 0 },
    });
    return await runScript(host, source, shelf, options);
  } catch (error) {
    if (error instanceof CannotOpen) process.stderr.write(`${error.message}\n`);
    else if (error instanceof UnreadableFile) process.stderr.write(`${fileSentence(error)}\n`);
    else throw error;
    return EXIT_NOT_OPENED;
  } finally {
    for (const files of opened) await files.close();
  }
}

/**
 * Which of the words is the script. After `--image A B` a word is an image by its place, so a script that stands last,
 * behind at least one image, is known by what it is: "-", or text.
 */
async function splitWords(
  script: string | undefined,
  images: readonly string[],
): Promise<{ readonly script: string | undefined; readonly images: readonly string[] }> {
  const last = images.at(-1);
  if (script !== undefined || last === undefined) return { script, images };
  const isScript = last === "-" || (images.length > 1 && (await isText(last)));
  return isScript ? { script: last, images: images.slice(0, -1) } : { script, images };
}

/** Bytes at a file's beginning that decide whether it is text; every kind of archive has others among them. */
const HEAD = 512;

/** Whether a file begins with UTF-8 text; false when it cannot be read. */
async function isText(path: string): Promise<boolean> {
  const file = await open(typedPath(path)).catch(() => null);
  if (file === null) return false;
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(HEAD), 0, HEAD, 0);
    const head = buffer.subarray(0, bytesRead);
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: true });
    return !head.includes(0);
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

async function readScript(script: string | undefined): Promise<string> {
  if (script === undefined || script === "-") return text(process.stdin);
  try {
    return decodeName(await readFile(typedPath(script)));
  } catch (error) {
    const reason = error instanceof Error && "code" in error ? String(error.code) : "EIO";
    throw new UnreadableFile(script, reason);
  }
}

/** Runs line after line; lines that belong together (an open quote, `for` without `done`) are one. */
async function runScript(
  start: Host,
  script: string,
  shelf: ArchiveShelf,
  options: LabOptions,
): Promise<number> {
  process.stdout.on("error", (error: Error & { code?: string }) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  let host = start;
  let exitCode = 0;
  let pending = "";
  const results: string[] = [];
  const lines = script.replaceAll("\r\n", "\n").replace(/\n$/, "").split("\n");
  for (const [index, line] of lines.entries()) {
    const text = pending === "" ? line : `${pending}\n${line}`;
    if (text.trim() === "") continue;
    const result = await runLine(host, text, shelf);
    if (result.incomplete && index < lines.length - 1) {
      pending = text;
      continue;
    }
    pending = "";
    host = result.host;
    exitCode = result.exitCode;
    if (options.json) results.push(JSON.stringify(lineJson(result)));
    else await print(result);
    if (result.ended) break;
  }
  if (options.json) process.stdout.write(`[\n${results.join(",\n")}\n]\n`);
  return exitCode;
}

/** Both streams go to one screen, in the order they were written. */
async function print({ output, incomplete }: LineResult): Promise<void> {
  for (const { text: shown } of output) process.stdout.write(encodeName(shown));
  if (incomplete) process.stdout.write("bash: syntax error: unexpected end of file\n");
}
