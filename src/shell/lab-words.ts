import { type DockerWords, ENGLISH_DOCKER } from "../docker/docker-words.ts";
import type { Unasked, VisitOutcome } from "../engine/event.ts";
import type { EntryKind } from "../tree/column-tree.ts";
import { isTerminal, type Process } from "./process.ts";

/**
 * What the lab says in words of its own, where no real tool has a text: `help`, `probe`, `why`, and what is near to what
 * is not here. A terminal says it in the language of who reads; a pipe or a file gets it in English, so that what a
 * session comes to does not depend on a language.
 */
export interface LabWords {
  readonly help: {
    readonly lab: string;
    /** What each of the lab's own commands is for. */
    readonly probe: string;
    readonly why: string;
    readonly strace: string;
    readonly dropCaches: string;
    readonly undo: string;
    readonly programs: string;
    readonly shell: string;
    isShellWord(word: string): string;
    isProgram(word: string): string;
    readonly options: string;
  };
  readonly whichPath: string;
  /** `result` is a kind or an errno's text. */
  looked(path: string, result: string): string;
  visited(path: string, branch: number, outcome: VisitOutcome, probes: string): string;
  noUnion(path: string, result: string): string;
  answers(path: string, kind: EntryKind, branch: number): string;
  mergedWith(branches: readonly number[]): string;
  whiteout(path: string, branch: number): string;
  nowhere(path: string, result: string): string;
  unasked(branch: number, reason: Unasked["reason"]): string;
  noOption(option: string): string;
  nearest(near: string): string;
  readonly near: {
    readonly editor: string;
    readonly packages: string;
    readonly network: string;
    readonly history: string;
  };
  cannotRun(path: string): string;
  cannotInterpret(path: string, interpreter: string): string;
  noPrompt(prompt: string): string;
  notShown(bytes: number): string;
  readonly noCompression: string;
  readonly onlyFlush: string;
  readonly docker: DockerWords;
}

const OUTCOMES: Readonly<Record<VisitOutcome, string>> = {
  found: "has it",
  missing: "does not have it",
  whiteout: "has a whiteout: hidden here and below",
  "type-differs": "has it as another type: not merged",
  opaque: "has it as an opaque directory: nothing below is asked",
  invalid: "has something that makes no sense: EIO",
};

const REASONS: Readonly<Record<Unasked["reason"], string>> = {
  "no-parent": "it does not have the parent directory",
  covered: "a branch above has a file of that name",
  "whiteout-above": "a whiteout above hides the name",
  "opaque-above": "the directory above is opaque",
  "type-differs-above": "a branch above has it as another type",
  failed: "the search had failed",
};

export const ENGLISH: LabWords = {
  help: {
    lab: "To see how a union works:",
    probe: "what each branch says when it is asked for the path",
    why: "the branch that answers, or what hides the name",
    strace: "the command's system calls, as they are made",
    dropCaches: "empties the page cache",
    undo: "in the page: a command back, forward, to the start",
    programs: "Programs (NAME --help tells the options, docker help the commands of docker):",
    shell: "Words of the shell itself:",
    isShellWord: (word) => `${word} is a word of the shell, as in bash`,
    isProgram: (word) => `${word} is a program: ${word} --help`,
    options: "The options it has in the lab:",
  },
  whichPath: "which path?",
  looked: (path, result) => `${path}: ${result}`,
  visited: (path, branch, outcome, probes) =>
    `${path}  branch ${branch} ${OUTCOMES[outcome]} (${probes})`,
  noUnion: (path, result) =>
    `${path}: ${result}; no union was asked: it lies on a plain file system`,
  answers: (path, kind, branch) => `${path}: ${kind} of branch ${branch}`,
  mergedWith: (branches) => `merged with branch ${branches.join(", ")}`,
  whiteout: (path, branch) => `${path}: hidden by the whiteout in branch ${branch}`,
  nowhere: (path, result) => `${path}: ${result}: no branch has it`,
  unasked: (branch, reason) => `branch ${branch} was not asked: ${REASONS[reason]}`,
  noOption: (option) => `${option} is not here`,
  nearest: (near) => `The nearest command here: ${near}`,
  near: {
    editor: "sed -i, or cat > FILE <<END",
    packages: "docker run of an image that has it; nothing is downloaded here",
    network: "docker pull (the lab has no network)",
    history: "the key ↑",
  },
  cannotRun: (path) =>
    `${path}: this program is there, and the lab cannot run it: only its own commands run`,
  cannotInterpret: (path, interpreter) => `${path}: the lab cannot run scripts for ${interpreter}`,
  noPrompt: (prompt) => `no running container called ${prompt}`,
  notShown: (bytes) => `[${bytes} more bytes are not shown]`,
  noCompression: "compression is not here: leave -z out",
  onlyFlush: "only flush is here",
  docker: ENGLISH_DOCKER,
};

/** The words for what is written to a descriptor. */
export function wordsAt(process: Process, fd: number): LabWords {
  return isTerminal(process, fd) ? process.world.words : ENGLISH;
}
