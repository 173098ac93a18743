import { problemPlace, problemSentence } from "../i18n/problem-sentence.ts";
import { translateInto } from "../i18n/translator.ts";
import { type Problem, severityOf } from "../image/problem.ts";
import type { UnreadableFile } from "./file-source.ts";
import { terminalName } from "./name-text.ts";

const SYSTEM_WORDS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or directory",
  EACCES: "it may not be read",
  EPERM: "it may not be read",
  EINVAL: "it is neither a file nor a directory",
  EFBIG: "the directory holds more than 100,000 files",
  ENOTDIR: "a part of the path is no directory",
  ELOOP: "the path goes round in symbolic links",
};

const words = translateInto("en");

const MOST_LINES = 100;

/** A problem as one line: where, and what. Safe to show on a terminal. */
export function problemLine(problem: Problem): string {
  return terminalName(`${problemPlace(words, problem)}: ${englishSentence(problem)}`);
}

/** A problem's sentence in English. Names in it are as they are. */
export function englishSentence(problem: Problem): string {
  return problemSentence(words, problem);
}

/** Why a file could not be opened, as a sentence. */
export function fileSentence({ file, reason }: UnreadableFile): string {
  return `${terminalName(file)}: ${SYSTEM_WORDS[reason] ?? `the system says ${reason}`}.`;
}

/** Writes errors and warnings to standard error; whether there were any. Notes are not written. */
export function reportProblems(problems: readonly Problem[]): boolean {
  const bad = problems.filter((problem) => severityOf(problem) !== "note");
  for (const problem of bad.slice(0, MOST_LINES))
    process.stderr.write(`${severityOf(problem)}: ${problemLine(problem)}\n`);
  if (bad.length > MOST_LINES) process.stderr.write(`… and ${bad.length - MOST_LINES} more.\n`);
  return bad.length > 0;
}
