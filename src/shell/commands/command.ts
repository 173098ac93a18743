import { AT_FDCWD, type Fd } from "../../engine/call.ts";
import type { Errno } from "../../engine/errno.ts";
import { type Content, contentLength } from "../../tree/content.ts";
import { errorText } from "../error-text.ts";
import { wordsAt } from "../lab-words.ts";
import { writeTo } from "../process.ts";
import { BLOCK, type CommandFunction, contentOf, type Task } from "../task.ts";
import { wrapped } from "../wrapped.ts";
import { asksHelp, type OptionSyntax, type Options, optionWords, readOptions } from "./options.ts";
import { quoteIfNeeded } from "./quote.ts";

/** A command that reads its options first: `--help` lists them, and `refuse` says that one is wrong. */
export function command(
  syntax: OptionSyntax,
  run: (task: Task, options: Options) => Promise<number>,
  refuse: (task: Task, message: string) => Promise<number> = usage,
): CommandFunction {
  return async (task) => {
    if (asksHelp(task.args, syntax)) return tellOptions(task, syntax);
    const read = readOptions(task.args, syntax);
    if (!read.ok) return refuse(task, read.message);
    const absent = syntax.absent?.find((key) => read.options.has(key));
    if (absent !== undefined) return refuse(task, wordsAt(task.process, 2).noOption(`-${absent}`));
    return run(task, read.options);
  };
}

async function tellOptions(task: Task, syntax: OptionSyntax): Promise<number> {
  const options = wrapped(optionWords(syntax), "   ");
  await task.out(
    [
      `Usage: ${task.name} [OPTION]... [ARGUMENT]...`,
      wordsAt(task.process, 1).help.options,
      ...options,
      "",
    ].join("\n"),
  );
  return 0;
}

/** Prints what is wrong with the words and where help is, in coreutils' two lines. */
export async function usage(task: Task, message: string, status = 1): Promise<number> {
  await task.error(message);
  await errorLine(task, `Try '${task.name} --help' for more information.\n`);
  return status;
}

/** Writes text to descriptor 2 as it is. */
export async function errorLine(task: Task, text: string): Promise<void> {
  await writeTo(task.process, 2, contentOf(text));
}

/** `NAME: FILE: No such file or directory` */
export async function fileError(task: Task, path: string, errno: Errno): Promise<void> {
  await task.error(`${quoteIfNeeded(path)}: ${errorText(errno)}`);
}

/** A file's content, read as coreutils read: open, read to the end, close. `-` that was typed is standard input. */
export async function readFile(
  task: Task,
  path: string,
  at: Fd = AT_FDCWD,
): Promise<{ errno: null; value: Content } | { errno: Errno; value: null }> {
  if (path === "-" && at === AT_FDCWD) return task.readAll(0);
  const opened = task.call("open", { at, path, flags: ["O_RDONLY"] });
  if (opened.errno !== null) return opened;
  const pieces: Content[number][] = [];
  for (;;) {
    const block = task.call("read", { fd: opened.value, length: BLOCK });
    if (block.errno !== null) {
      task.call("close", { fd: opened.value });
      return block;
    }
    if (contentLength(block.value) === 0) break;
    pieces.push(...block.value);
  }
  task.call("close", { fd: opened.value });
  return { errno: null, value: pieces };
}

/** Each file's text in turn (standard input without any); a file that cannot be read is reported, and the status 1. */
export async function eachText(
  task: Task,
  paths: readonly string[],
  use: (text: string, path: string) => Promise<void>,
): Promise<number> {
  let status = 0;
  for (const path of paths.length > 0 ? paths : ["-"]) {
    const content = await readFile(task, path);
    if (content.errno === null) await use(await task.text(content.value), path);
    else {
      await fileError(task, path, content.errno);
      status = 1;
    }
  }
  return status;
}

/** Lines without their newlines; a last line without one counts. */
export function linesOf(text: string): string[] {
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** `path` joined with a name below it. */
export function join(path: string, name: string): string {
  return path.endsWith("/") ? path + name : `${path}/${name}`;
}

/** The last name of a path, as basename(1) gives it. */
export function baseName(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed === "") return path === "" ? "" : "/";
  return trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** All but the last name, as dirname(1) gives it. */
export function directoryName(path: string): string {
  const trimmed = path.replace(/\/+$/, "");
  if (trimmed === "") return path === "" ? "." : "/";
  const at = trimmed.lastIndexOf("/");
  if (at < 0) return ".";
  return trimmed.slice(0, at).replace(/\/+$/, "") || "/";
}
