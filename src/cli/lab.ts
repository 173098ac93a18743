import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { createHost } from "../docker/boot.ts";
import type { Host, LibraryImage } from "../docker/host.ts";
import { miniatures } from "../docker/miniatures.ts";
import type { DriverName } from "../drivers/driver.ts";
import { openArchive } from "../image/open.ts";
import { ArchiveShelf } from "../shell/library.ts";
import { type LineResult, runLine } from "../shell/session.ts";
import { decodeName, encodeName } from "../tree/name.ts";
import { type FileSources, openSources, UnreadableFile } from "./file-source.ts";
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
    const source = await readScript(script);
    const shelf = new ArchiveShelf();
    const library: LibraryImage[] = [];
    for (const [index, file] of (options.image ?? []).entries()) {
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

async function readScript(script: string | undefined): Promise<string> {
  if (script === undefined || script === "-") return text(process.stdin);
  try {
    return decodeName(await readFile(script));
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
