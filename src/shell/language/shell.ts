import { forkProcess, type Process } from "../process.ts";
import type { ShellOptions, ShellState, Variable } from "./state.ts";
import type { FunctionDefinition } from "./syntax.ts";

/** A shell while it runs: its state opened up for writing. `freezeShell` gives the value back. */
export interface Shell {
  readonly process: Process;
  readonly variables: Map<string, Variable>;
  readonly functions: Map<string, FunctionDefinition>;
  readonly aliases: Map<string, string>;
  readonly traps: Map<string, string>;
  /** What `local` hides, one map per function that runs. */
  readonly scopes: Map<string, Variable | undefined>[];
  readonly name: string;
  positional: readonly string[];
  options: ShellOptions;
  status: number;
  background: number;
  random: number;
  /** Parts of a condition: `set -e` does not look at them. */
  guarded: number;
  loops: number;
  /** `$$`: that of the shell at the top, in subshells too. */
  readonly topPid: number;
  depth: number;
}

export function openShell(state: ShellState, process: Process, name: string): Shell {
  return {
    process,
    variables: new Map(Object.entries(state.variables)),
    functions: new Map(Object.entries(state.functions)),
    aliases: new Map(Object.entries(state.aliases)),
    traps: new Map(Object.entries(state.traps)),
    scopes: [],
    name,
    positional: state.positional,
    options: state.options,
    status: state.status,
    background: state.background,
    random: state.random,
    guarded: 0,
    loops: 0,
    topPid: process.pid,
    depth: 0,
  };
}

export function freezeShell(shell: Shell): ShellState {
  const files: Record<number, "file" | "terminal"> = {};
  for (const [fd, stream] of shell.process.streams)
    if (stream.type === "file" || stream.type === "terminal") files[fd] = stream.type;
  return {
    pid: shell.process.pid,
    variables: sorted(shell.variables),
    functions: sorted(shell.functions),
    aliases: sorted(shell.aliases),
    traps: sorted(shell.traps),
    positional: shell.positional,
    options: shell.options,
    status: shell.status,
    background: shell.background,
    random: shell.random,
    files,
  };
}

function sorted<T>(map: ReadonlyMap<string, T>): Record<string, T> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** A copy in a process of its own, for `( … )`, `$( … )` and the parts of a pipeline. */
export function forkShell(shell: Shell): Shell {
  return {
    ...shell,
    process: forkProcess(shell.process),
    variables: new Map(shell.variables),
    functions: new Map(shell.functions),
    aliases: new Map(shell.aliases),
    traps: new Map(),
    scopes: shell.scopes.map((scope) => new Map(scope)),
    loops: 0,
  };
}

/** A variable's text, an array's first; undefined when it is not set. Special parameters too. */
export function parameterOf(shell: Shell, name: string): string | undefined {
  const special = specialValue(shell, name);
  if (special !== undefined) return special;
  if (/^\d+$/.test(name)) return name === "0" ? shell.name : shell.positional[Number(name) - 1];
  const element = /^(\w+)\[(.*)\]$/s.exec(name);
  if (element) {
    const list = listOf(shell, element[1] ?? "");
    const index = Number(element[2]);
    return list[index < 0 ? list.length + index : index];
  }
  const value = shell.variables.get(name)?.value;
  return typeof value === "string" || value === undefined ? value : value[0];
}

function specialValue(shell: Shell, name: string): string | undefined {
  switch (name) {
    case "?":
      return String(shell.status);
    case "$":
      return String(shell.topPid);
    case "BASHPID":
      return String(shell.process.pid);
    case "!":
      return shell.background === 0 ? undefined : String(shell.background);
    case "#":
      return String(shell.positional.length);
    case "-":
      return optionLetters(shell);
    case "RANDOM":
      return String(nextRandom(shell));
    case "SECONDS":
    case "EPOCHSECONDS":
      return String(shell.process.world.now().sec);
    case "UID":
    case "EUID":
      return String(shell.process.world.credentials(shell.process.pid).uid);
    default:
      return undefined;
  }
}

function optionLetters(shell: Shell): string {
  const { options } = shell;
  return `${options.errexit ? "e" : ""}${options.noglob ? "f" : ""}h${options.nounset ? "u" : ""}${options.xtrace ? "x" : ""}B${options.noclobber ? "C" : ""}`;
}

/** The next of `$RANDOM`: 0 to 32767, from the shell's own seed, so that a fork draws the same numbers. */
function nextRandom(shell: Shell): number {
  shell.random = (Math.imul(shell.random, 1103515245) + 12345) >>> 0;
  return (shell.random >>> 16) & 0x7fff;
}

/** An array's elements; a plain variable is an array of one. */
export function listOf(shell: Shell, name: string): readonly string[] {
  const value = shell.variables.get(name)?.value;
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}

/** Sets a variable or `name[index]`. False when it is read-only. */
export function setVariable(
  shell: Shell,
  name: string,
  value: string | readonly string[],
): boolean {
  const element = /^(\w+)\[(.*)\]$/s.exec(name);
  const plain = element?.[1] ?? name;
  const old = shell.variables.get(plain);
  if (old?.readOnly) return false;
  if (plain === "RANDOM" && typeof value === "string") {
    shell.random = Number(value) >>> 0;
    return true;
  }
  let stored = value;
  if (element && typeof value === "string") {
    const list = [...listOf(shell, plain)];
    const index = Number(element[2]);
    while (list.length < index) list.push("");
    list[index < 0 ? list.length + index : index] = value;
    stored = list;
  }
  shell.variables.set(plain, {
    value: stored,
    exported: old?.exported ?? false,
    readOnly: false,
  });
  return true;
}

/** The environment a command gets: exported variables and those set before the command's name. */
export function environmentOf(shell: Shell): Map<string, string> {
  const environment = new Map<string, string>();
  for (const [name, variable] of shell.variables)
    if (variable.exported && typeof variable.value === "string")
      environment.set(name, variable.value);
  return environment;
}
