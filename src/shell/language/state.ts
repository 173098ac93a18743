import type { FunctionDefinition } from "./syntax.ts";

/** A shell variable; a list is an indexed array. */
export interface Variable {
  readonly value: string | readonly string[];
  readonly exported: boolean;
  readonly readOnly: boolean;
}

export interface ShellOptions {
  readonly errexit: boolean;
  readonly nounset: boolean;
  readonly xtrace: boolean;
  readonly noglob: boolean;
  readonly noclobber: boolean;
  readonly pipefail: boolean;
}

/**
 * All a shell knows between two lines, as plain data: it lies in the host's value beside the machine, so that a fork of
 * one is a fork of the other. Working directory, mask, ids and descriptors are the process's, in the machine.
 */
export interface ShellState {
  /** The machine's process that runs this shell. */
  readonly pid: number;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly functions: Readonly<Record<string, FunctionDefinition>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly positional: readonly string[];
  readonly options: ShellOptions;
  /** `$?` */
  readonly status: number;
  /** `$!`; 0 while nothing was started with `&`. */
  readonly background: number;
  /** Where `$RANDOM` stands. */
  readonly random: number;
  /** What the shell's descriptors are: files of the machine's process, or the terminal. */
  readonly files: Readonly<Record<number, "file" | "terminal">>;
  /** Commands of `trap`, by signal name. */
  readonly traps: Readonly<Record<string, string>>;
}

const PLAIN_OPTIONS: ShellOptions = {
  errexit: false,
  nounset: false,
  xtrace: false,
  noglob: false,
  noclobber: false,
  pipefail: false,
};

/** A shell at its start with the given environment. */
export function newShellState(
  pid: number,
  environment: Readonly<Record<string, string>>,
): ShellState {
  const variables: Record<string, Variable> = {};
  for (const [name, value] of Object.entries(environment))
    variables[name] = { value, exported: true, readOnly: false };
  return {
    pid,
    variables,
    functions: {},
    aliases: {},
    positional: [],
    options: PLAIN_OPTIONS,
    status: 0,
    background: 0,
    random: 1,
    files: { 0: "terminal", 1: "terminal", 2: "terminal" },
    traps: {},
  };
}
