import type { Errno } from "../../engine/errno.ts";
import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { baseName, join, usage } from "./command.ts";
import type { Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";

/** Pairs of source and destination that the operands of cp, mv, ln and install mean. */
export interface Pair {
  readonly from: string;
  readonly to: string;
}

export type Pairs = readonly Pair[] | { readonly status: number };

/**
 * Works out where each source goes: into a directory (the last operand, or `-t`), or to exactly one name (`-T`).
 * `words` are the command's own words for what is missing.
 */
export async function pairsOf(
  task: Task,
  options: Options,
  words: { readonly none: string; readonly one: string },
): Promise<Pairs> {
  const operands = [...options.operands];
  const into = options.value("t");
  if (operands.length === 0) return { status: await usage(task, words.none) };
  if (into !== undefined) {
    const fault = directoryFault(task, into);
    if (fault !== null) {
      await task.error(`target directory ${quoteAlways(into)}: ${errorText(fault)}`);
      return { status: 1 };
    }
    return operands.map((from) => ({ from, to: join(into, baseName(from)) }));
  }
  if (operands.length === 1)
    return { status: await usage(task, `${words.one} ${quoteAlways(operands[0] ?? "")}`) };
  if (options.has("T")) {
    if (operands.length > 2)
      return { status: await usage(task, `extra operand ${quoteAlways(operands[2] ?? "")}`) };
    return [{ from: operands[0] ?? "", to: operands[1] ?? "" }];
  }
  const last = operands.pop() ?? "";
  const fault = directoryFault(task, last);
  if (fault === null) return operands.map((from) => ({ from, to: join(last, baseName(from)) }));
  if (operands.length > 1 || (last.endsWith("/") && fault === "ENOTDIR")) {
    await task.error(`target ${quoteAlways(last)}: ${errorText(fault)}`);
    return { status: 1 };
  }
  return [{ from: operands[0] ?? "", to: last }];
}

function directoryFault(task: Task, path: string): Errno | null {
  const stat = task.call("stat", { path });
  if (stat.errno !== null) return stat.errno;
  return stat.value.kind === "dir" ? null : "ENOTDIR";
}
