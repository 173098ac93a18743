import { type Content, contentLength } from "../../tree/content.ts";
import { errorText } from "../error-text.ts";
import { dropContent, takeContent } from "../process.ts";
import { contentOf, type Task } from "../task.ts";
import { command, readFile, usage } from "./command.ts";
import { quoteAlways } from "./quote.ts";
import { readSize } from "./size.ts";

/** split(1): a file in pieces of so many lines (1000), or of so many bytes (`-b`). */
export const split = command(
  {
    short: "a:b:C:dl:n:",
    long: {
      "suffix-length=": "a",
      "bytes=": "b",
      "lines=": "l",
      "numeric-suffixes": "d",
      "additional-suffix=": "suffix",
      verbose: "verbose",
    },
    absent: ["C", "n"],
  },
  async (task, options) => {
    const [path = "-", prefix = "x", extra] = options.operands;
    if (extra !== undefined) return usage(task, `extra operand ${quoteAlways(extra)}`);
    const key = options.last("b", "l") ?? "l";
    const length = options.value("a") ?? "0";
    if (!/^\d+$/.test(length)) {
      await task.error(`invalid suffix length: ${quoteAlways(length)}`);
      return 1;
    }
    const count = readSize(options.value(key) ?? "1000");
    if (!count) {
      const what = key === "b" ? "bytes" : "lines";
      await task.error(`invalid number of ${what}: ${quoteAlways(options.value(key) ?? "")}`);
      return 1;
    }
    const content = await readFile(task, path);
    if (content.errno !== null) {
      await task.error(`cannot open ${quoteAlways(path)} for reading: ${errorText(content.errno)}`);
      return 1;
    }
    const pieces =
      key === "b"
        ? bytePieces(content.value, count)
        : linePieces(await task.text(content.value), count);
    const digits = options.has("d") ? "0123456789" : "abcdefghijklmnopqrstuvwxyz";
    for (const [index, piece] of pieces.entries()) {
      const suffix = suffixOf(index, digits, Number(length));
      if (suffix === null) {
        await task.error("output file suffixes exhausted");
        return 1;
      }
      const name = `${prefix}${suffix}${options.value("suffix") ?? ""}`;
      if (options.has("verbose")) await task.out(`creating file ${quoteAlways(name)}\n`);
      if (!(await writePiece(task, name, piece))) return 1;
    }
    return 0;
  },
);

function bytePieces(content: Content, size: number): Content[] {
  const pieces: Content[] = [];
  for (let rest = content; contentLength(rest) > 0; rest = dropContent(rest, size))
    pieces.push(takeContent(rest, size));
  return pieces;
}

function linePieces(text: string, count: number): Content[] {
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const pieces: Content[] = [];
  for (let at = 0; at < lines.length; at += count)
    pieces.push(contentOf(lines.slice(at, at + count).join("")));
  return pieces;
}

/** A piece's number in digits of a length, null when it has more. Length 0 grows in order: `aa`…`yz`, `zaaa`…`zyzz`. */
function suffixOf(index: number, digits: string, length: number): string | null {
  if (length > 0) return index < digits.length ** length ? numeral(index, digits, length) : null;
  let rest = index;
  for (let wide = 2; ; wide++) {
    const room = (digits.length - 1) * digits.length ** (wide - 1);
    if (rest < room) return digits.slice(-1).repeat(wide - 2) + numeral(rest, digits, wide);
    rest -= room;
  }
}

function numeral(number: number, digits: string, length: number): string {
  let text = "";
  let rest = number;
  for (let place = 0; place < length; place++) {
    text = (digits[rest % digits.length] ?? "") + text;
    rest = Math.floor(rest / digits.length);
  }
  return text;
}

async function writePiece(task: Task, path: string, data: Content): Promise<boolean> {
  const flags = ["O_WRONLY", "O_CREAT", "O_TRUNC"] as const;
  const opened = task.call("open", { path, flags, mode: 0o666 });
  if (opened.errno !== null) {
    await task.error(`${path}: ${errorText(opened.errno)}`);
    return false;
  }
  const written = task.call("write", { fd: opened.value, data });
  task.call("close", { fd: opened.value });
  if (written.errno === null) return true;
  await task.error(`${path}: ${errorText(written.errno)}`);
  return false;
}
