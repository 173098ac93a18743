import type { Stat } from "../engine/call.ts";
import { isTerminal, type Process } from "./process.ts";

/** The tests of `test`, `[` and `[[` about files and text; undefined for an operator that is not one of them. */
export function fileTest(
  process: Process,
  operator: string,
  operand: string,
  second?: string,
): boolean | undefined {
  if (second !== undefined) return compareFiles(process, operator, operand, second);
  switch (operator) {
    case "-z":
      return operand === "";
    case "-n":
      return operand !== "";
    case "-t":
      return isTerminal(process, Number(operand));
    case "-r":
      return accessible(process, operand, { read: true });
    case "-w":
      return accessible(process, operand, { write: true });
    case "-x":
      return accessible(process, operand, { execute: true });
    case "-h":
    case "-L":
      return look(process, "lstat", operand)?.kind === "symlink";
    default: {
      const check = CHECKS[operator];
      if (!check) return undefined;
      const stat = look(process, "stat", operand);
      return stat !== undefined && check(stat, process);
    }
  }
}

const CHECKS: Readonly<Record<string, (stat: Stat, process: Process) => boolean>> = {
  "-a": () => true,
  "-e": () => true,
  "-f": (stat) => stat.kind === "file",
  "-d": (stat) => stat.kind === "dir",
  "-b": (stat) => stat.kind === "block",
  "-c": (stat) => stat.kind === "char",
  "-p": (stat) => stat.kind === "fifo",
  "-S": (stat) => stat.kind === "socket",
  "-s": (stat) => stat.size > 0,
  "-g": (stat) => (stat.mode & 0o2000) !== 0,
  "-u": (stat) => (stat.mode & 0o4000) !== 0,
  "-k": (stat) => (stat.mode & 0o1000) !== 0,
  "-O": (stat, { world, pid }) => stat.uid === world.credentials(pid).uid,
  "-G": (stat, { world, pid }) => stat.gid === world.credentials(pid).gid,
  "-N": () => true,
};

function look(process: Process, type: "stat" | "lstat", path: string): Stat | undefined {
  const result = process.world.call(process.pid, type, { path });
  return result.errno === null ? result.value : undefined;
}

function accessible(
  process: Process,
  path: string,
  want: { read?: boolean; write?: boolean; execute?: boolean },
): boolean {
  return process.world.call(process.pid, "access", { path, ...want }).errno === null;
}

function compareFiles(
  process: Process,
  operator: string,
  left: string,
  right: string,
): boolean | undefined {
  if (!["-nt", "-ot", "-ef"].includes(operator)) return undefined;
  const a = look(process, "stat", left);
  const b = look(process, "stat", right);
  if (operator === "-ef") return a !== undefined && a.ino === b?.ino && a.dev === b.dev;
  if (!a || !b) return operator === "-nt" ? a !== undefined : b !== undefined;
  const order = a.mtime.sec - b.mtime.sec || a.mtime.nsec - b.mtime.nsec;
  return operator === "-nt" ? order > 0 : order < 0;
}
