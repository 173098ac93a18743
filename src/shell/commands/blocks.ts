import type { OpenFlag } from "../../engine/call.ts";
import { type Content, contentLength } from "../../tree/content.ts";
import { errorText } from "../error-text.ts";
import { asData, dropContent, takeContent } from "../process.ts";
import type { Task } from "../task.ts";
import { command, errorLine, usage } from "./command.ts";
import { quoteAlways } from "./quote.ts";
import { readSize } from "./size.ts";

export const truncate = command(
  {
    short: "cor:s:",
    long: { "no-create": "c", "io-blocks": "o", "reference=": "r", "size=": "s" },
  },
  async (task, options) => {
    const text = options.value("s");
    const reference = options.value("r");
    if (text === undefined && reference === undefined)
      return usage(task, "you must specify either '--size' or '--reference'");
    if (options.operands.length === 0) return usage(task, "missing file operand");
    let base: number | null = null;
    if (reference !== undefined) {
      const stat = task.call("stat", { path: reference });
      if (stat.errno !== null) {
        await task.error(`cannot stat ${quoteAlways(reference)}: ${errorText(stat.errno)}`);
        return 1;
      }
      base = stat.value.size;
    }
    const match = /^\s*([-+<>/%]?)(.*)$/.exec(text ?? "+0");
    const amount = readSize(match?.[2] ?? "");
    if (amount === null) {
      await task.error(`Invalid number: ${quoteAlways(text ?? "")}`);
      return 1;
    }
    let status = 0;
    for (const path of options.operands) {
      const flags: OpenFlag[] = options.has("c") ? ["O_WRONLY"] : ["O_WRONLY", "O_CREAT"];
      const opened = task.call("open", { path, flags: [...flags, "O_NONBLOCK"], mode: 0o666 });
      if (opened.errno !== null) {
        if (options.has("c") && opened.errno === "ENOENT") continue;
        await task.error(
          `cannot open ${quoteAlways(path)} for writing: ${errorText(opened.errno)}`,
        );
        status = 1;
        continue;
      }
      const relative = match?.[1] ?? "";
      let size = base ?? 0;
      if (relative !== "" && base === null) {
        const stat = task.call("fstat", { fd: opened.value });
        if (stat.errno === null) size = stat.value.size;
      }
      const done = task.call("ftruncate", {
        fd: opened.value,
        length: newSize(relative, size, amount),
      });
      task.call("close", { fd: opened.value });
      if (done.errno === null) continue;
      await task.error(
        `failed to truncate ${quoteAlways(path)} at ${newSize(relative, size, amount)} bytes: ${errorText(done.errno)}`,
      );
      status = 1;
    }
    return status;
  },
);

function newSize(relative: string, size: number, amount: number): number {
  switch (relative) {
    case "+":
      return size + amount;
    case "-":
      return Math.max(0, size - amount);
    case "<":
      return Math.min(size, amount);
    case ">":
      return Math.max(size, amount);
    case "/":
      return Math.floor(size / amount) * amount;
    case "%":
      return Math.ceil(size / amount) * amount;
    default:
      return amount;
  }
}

/** dd: what it copies goes by whole reads and writes of its block size. */
export async function dd(task: Task): Promise<number> {
  const values = new Map<string, string>();
  for (const word of task.args) {
    const at = word.indexOf("=");
    if (at < 0) return usage(task, `unrecognized operand ${quoteAlways(word)}`);
    values.set(word.slice(0, at), word.slice(at + 1));
  }
  for (const [key, value] of values) {
    if (!OPERANDS.has(key))
      return usage(task, `unrecognized operand ${quoteAlways(`${key}=${value}`)}`);
    if (SIZES.has(key) && readSize(value) === null) {
      await task.error(`invalid number: ${quoteAlways(value)}`);
      return 1;
    }
  }
  const size = (key: string, otherwise: number): number => {
    const text = values.get(key);
    return text === undefined ? otherwise : (readSize(text) ?? otherwise);
  };
  const both = size("bs", 0);
  const copy = {
    from: values.get("if") ?? "standard input",
    to: values.get("of") ?? "standard output",
    inBlock: both || size("ibs", 512),
    outBlock: both || size("obs", 512),
    whole: both > 0,
    count: size("count", Number.POSITIVE_INFINITY),
    conversions: (values.get("conv") ?? "").split(","),
  };
  const started = task.now();
  let input = 0;
  const from = values.get("if");
  if (from !== undefined) {
    const opened = task.call("open", { path: from, flags: ["O_RDONLY"] });
    if (opened.errno !== null) {
      await task.error(`failed to open ${quoteAlways(from)}: ${errorText(opened.errno)}`);
      return 1;
    }
    input = opened.value;
    const skip = size("skip", size("iseek", 0)) * copy.inBlock;
    if (skip > 0) task.call("lseek", { fd: input, offset: skip, whence: "SEEK_CUR" });
  }
  const output = await openOutput(
    task,
    values,
    copy.conversions,
    size("seek", size("oseek", 0)) * copy.outBlock,
  );
  if (output === null) return 1;
  const counts = await transfer(task, input, output, copy);
  if (copy.conversions.some((word) => word === "fsync" || word === "fdatasync") && output !== 1)
    task.call("fsync", { fd: output });
  if (output !== 1) task.call("close", { fd: output });
  if (from !== undefined) task.call("close", { fd: input });
  if (counts.fault !== null) await task.error(counts.fault);
  const level = values.get("status");
  if (level !== "none") {
    const ended = task.now();
    const seconds = ended.sec - started.sec + (ended.nsec - started.nsec) / 1e9;
    await errorLine(task, report(counts, seconds, level !== "noxfer"));
  }
  return counts.fault === null ? 0 : 1;
}

const SIZES = new Set(["bs", "ibs", "obs", "count", "skip", "seek", "iseek", "oseek"]);
const OPERANDS = new Set([...SIZES, "if", "of", "conv", "iflag", "oflag", "status", "cbs"]);

async function openOutput(
  task: Task,
  values: ReadonlyMap<string, string>,
  conversions: readonly string[],
  seek: number,
): Promise<number | null> {
  const path = values.get("of");
  if (path === undefined) return 1;
  const append = (values.get("oflag") ?? "").split(",").includes("append");
  const keep = conversions.includes("notrunc");
  const flags: OpenFlag[] = [
    "O_WRONLY",
    ...(conversions.includes("nocreat") ? [] : (["O_CREAT"] as const)),
    ...(conversions.includes("excl") ? (["O_EXCL"] as const) : []),
    ...(keep || seek > 0 ? [] : (["O_TRUNC"] as const)),
    ...(append ? (["O_APPEND"] as const) : []),
  ];
  const opened = task.call("open", { path, flags, mode: 0o666 });
  if (opened.errno !== null) {
    await task.error(`failed to open ${quoteAlways(path)}: ${errorText(opened.errno)}`);
    return null;
  }
  if (seek > 0) {
    if (!keep) task.call("ftruncate", { fd: opened.value, length: seek });
    task.call("lseek", { fd: opened.value, offset: seek, whence: "SEEK_CUR" });
  }
  return opened.value;
}

interface Counts {
  fullIn: number;
  partIn: number;
  fullOut: number;
  partOut: number;
  bytes: number;
  fault: string | null;
}

async function transfer(
  task: Task,
  input: number,
  output: number,
  copy: {
    /** The files' names, for messages. */
    readonly from: string;
    readonly to: string;
    readonly inBlock: number;
    readonly outBlock: number;
    readonly whole: boolean;
    readonly count: number;
    readonly conversions: readonly string[];
  },
): Promise<Counts> {
  const counts: Counts = { fullIn: 0, partIn: 0, fullOut: 0, partOut: 0, bytes: 0, fault: null };
  const write = async (data: Content, unit: number): Promise<boolean> => {
    const length = contentLength(data);
    if (length === 0) return true;
    if (output === 1) await task.outContent(data);
    else {
      const sparse = copy.conversions.includes("sparse");
      const written = task.call("write", { fd: output, data: sparse ? data : asData(data) });
      const got = written.errno === null ? written.value : 0;
      counts.bytes += got;
      if (written.errno !== null || got < length) {
        if (got > 0) counts.partOut++;
        counts.fault = `error writing ${quoteAlways(copy.to)}: ${errorText(written.errno ?? "ENOSPC")}`;
        return false;
      }
      if (length === unit) counts.fullOut++;
      else counts.partOut++;
      return true;
    }
    counts.bytes += length;
    if (length === unit) counts.fullOut++;
    else counts.partOut++;
    return true;
  };
  let held: Content = [];
  for (let block = 0; block < copy.count; block++) {
    const read = await task.read(input, copy.inBlock);
    if (read.errno !== null) {
      counts.fault = `error reading ${quoteAlways(copy.from)}: ${errorText(read.errno)}`;
      break;
    }
    const length = contentLength(read.value);
    if (length === 0) break;
    if (length === copy.inBlock) counts.fullIn++;
    else counts.partIn++;
    let data = read.value;
    if (copy.conversions.includes("sync") && length < copy.inBlock)
      data = [...data, { type: "zeros", length: copy.inBlock - length }];
    if (copy.whole) {
      if (!(await write(data, copy.outBlock))) break;
      continue;
    }
    held = [...held, ...data];
    while (contentLength(held) >= copy.outBlock) {
      const piece = takeContent(held, copy.outBlock);
      if (!(await write(piece, copy.outBlock))) return counts;
      held = dropContent(held, copy.outBlock);
    }
  }
  await write(held, copy.outBlock);
  return counts;
}

function report(counts: Counts, seconds: number, rate: boolean): string {
  const lines = `${counts.fullIn}+${counts.partIn} records in\n${counts.fullOut}+${counts.partOut} records out\n`;
  if (!rate) return lines;
  const { bytes } = counts;
  const unit = (base: number, suffixes: readonly string[]): string => {
    let value = bytes;
    let at = 0;
    while (value >= base && at < suffixes.length - 1) {
      value /= base;
      at++;
    }
    return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${suffixes[at]}`;
  };
  const decimal = unit(1000, ["B", "kB", "MB", "GB", "TB"]);
  const binary = unit(1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
  const both = bytes < 1000 ? "" : bytes < 1024 ? ` (${decimal})` : ` (${decimal}, ${binary})`;
  const took = Math.max(seconds, 1e-9);
  const speed = bytes / took;
  const scale = speed >= 1e9 ? 3 : speed >= 1e6 ? 2 : speed >= 1e3 ? 1 : 0;
  const scaled = speed / 1000 ** scale;
  const speedText = `${scaled < 10 ? scaled.toFixed(1) : Math.round(scaled)} ${["B", "kB", "MB", "GB"][scale]}/s`;
  const bytesText = bytes === 1 ? "1 byte" : `${bytes} bytes`;
  return `${lines}${bytesText}${both} copied, ${Number(took.toPrecision(6))} s, ${speedText}\n`;
}
