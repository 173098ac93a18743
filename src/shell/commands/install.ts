import { errorText } from "../error-text.ts";
import type { Task } from "../task.ts";
import { readOwner } from "./attributes.ts";
import { baseName, command, directoryName, usage } from "./command.ts";
import { copyBlocks } from "./copy-tree.ts";
import { readMode } from "./mode.ts";
import type { Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";
import { pairsOf } from "./targets.ts";

/** install(1): removes what is there, makes a new file, sets owner and mode. */
export const install = command(
  {
    short: "bcCdDg:m:o:pst:Tv",
    long: {
      directory: "d",
      "mode=": "m",
      "owner=": "o",
      "group=": "g",
      "preserve-timestamps": "p",
      "target-directory=": "t",
      "no-target-directory": "T",
      verbose: "v",
    },
  },
  async (task, options) => {
    const text = options.value("m") ?? "755";
    const change = readMode(text);
    if (!change) {
      await task.error(`invalid mode ${quoteAlways(text)}`);
      return 1;
    }
    const mode = change(0, false, 0);
    if (options.has("d")) return makeDirectories(task, options, mode);
    if (options.has("D")) {
      const last = options.value("t") ?? options.operands.at(-1) ?? "";
      makePath(task, options.value("t") === undefined ? directoryName(last) : last);
    }
    const pairs = await pairsOf(task, options, {
      none: "missing file operand",
      one: "missing destination file operand after",
    });
    if ("status" in pairs) return pairs.status;
    let status = 0;
    for (const { from, to } of pairs)
      if (!(await installFile(task, from, to, options, mode))) status = 1;
    return status;
  },
);

function makePath(task: Task, path: string): void {
  let at = path.startsWith("/") ? "/" : "";
  for (const name of path.split("/").filter((part) => part !== "")) {
    at += (at === "" || at === "/" ? "" : "/") + name;
    task.call("mkdir", { path: at, mode: 0o755 });
  }
}

async function makeDirectories(task: Task, options: Options, mode: number): Promise<number> {
  if (options.operands.length === 0) return usage(task, "missing file operand");
  let status = 0;
  for (const path of options.operands) {
    makePath(task, path);
    const done = task.call("chmod", { target: path, mode });
    if (done.errno === null) {
      if (!(await setOwner(task, path, options))) status = 1;
      continue;
    }
    await task.error(`cannot create directory ${quoteAlways(path)}: ${errorText(done.errno)}`);
    status = 1;
  }
  return status;
}

async function installFile(
  task: Task,
  from: string,
  to: string,
  options: Options,
  mode: number,
): Promise<boolean> {
  const source = task.call("stat", { path: from });
  if (source.errno !== null) {
    await task.error(`cannot stat ${quoteAlways(from)}: ${errorText(source.errno)}`);
    return false;
  }
  if (source.value.kind === "dir") {
    await task.error(`omitting directory ${quoteAlways(from)}`);
    return false;
  }
  const input = task.call("open", { path: from, flags: ["O_RDONLY"] });
  if (input.errno !== null) {
    await task.error(`cannot open ${quoteAlways(from)} for reading: ${errorText(input.errno)}`);
    return false;
  }
  task.call("unlink", { path: to });
  const output = task.call("open", {
    path: to,
    flags: ["O_WRONLY", "O_CREAT", "O_EXCL"],
    mode: 0o600,
  });
  if (output.errno !== null) {
    task.call("close", { fd: input.value });
    await task.error(`cannot create regular file ${quoteAlways(to)}: ${errorText(output.errno)}`);
    return false;
  }
  const fault = copyBlocks(task, input.value, output.value);
  task.call("close", { fd: output.value });
  task.call("close", { fd: input.value });
  if (fault !== null) {
    await task.error(`error writing ${quoteAlways(to)}: ${errorText(fault.errno)}`);
    return false;
  }
  if (options.has("v")) await task.out(`${quoteAlways(from)} -> ${quoteAlways(to)}\n`);
  if (options.has("p")) task.call("utimens", { target: to, mtime: source.value.mtime });
  if (!(await setOwner(task, to, options))) return false;
  task.call("chmod", { target: to, mode });
  return baseName(to) !== "";
}

async function setOwner(task: Task, path: string, options: Options): Promise<boolean> {
  const user = options.value("o");
  const group = options.value("g");
  if (user === undefined && group === undefined) return true;
  const owner = await readOwner(task, `${user ?? ""}${group === undefined ? "" : `:${group}`}`);
  if (typeof owner === "string") {
    await task.error(owner);
    return false;
  }
  const done = task.call("chown", { target: path, ...owner });
  if (done.errno === null) return true;
  await task.error(`cannot change ownership of ${quoteAlways(path)}: ${errorText(done.errno)}`);
  return false;
}
