import { contentLength } from "../../tree/content.ts";
import { decodeName } from "../../tree/name.ts";
import { BLOCK, type Task } from "../task.ts";
import { command, fileError } from "./command.ts";
import type { Options } from "./options.ts";

export const cat = command(
  {
    short: "AbeEnstTuv",
    long: {
      number: "n",
      "number-nonblank": "b",
      "show-ends": "E",
      "show-tabs": "T",
      "show-all": "A",
      "squeeze-blank": "s",
      "show-nonprinting": "v",
    },
  },
  async (task, options) => {
    const decorate = options.has("A", "b", "e", "E", "n", "s", "t", "T", "v")
      ? decorator(options)
      : null;
    let status = 0;
    for (const path of options.operands.length > 0 ? options.operands : ["-"])
      if (!(await copy(task, path, decorate))) status = 1;
    return status;
  },
);

/** Writes one file out, block by block; false when it could not be read. */
async function copy(
  task: Task,
  path: string,
  decorate: ((text: string) => string) | null,
): Promise<boolean> {
  let fd = 0;
  if (path !== "-") {
    const opened = task.call("open", { path, flags: ["O_RDONLY"] });
    if (opened.errno !== null) {
      await fileError(task, path, opened.errno);
      return false;
    }
    fd = opened.value;
  }
  try {
    for (;;) {
      const block =
        path === "-" ? await task.read(0, BLOCK) : task.call("read", { fd, length: BLOCK });
      if (block.errno !== null) {
        await fileError(task, path, block.errno);
        return false;
      }
      if (contentLength(block.value) === 0) return true;
      if (decorate) await task.out(decorate(decodeName(await task.bytes(block.value))));
      else await task.outContent(block.value);
    }
  } finally {
    if (path !== "-") task.call("close", { fd });
  }
}

/** Numbers, marks and squeezes lines; remembers where it is between blocks and files. */
function decorator(options: Options): (text: string) => string {
  const all = options.has("A");
  const nonBlank = options.has("b");
  const number = options.has("n") && !nonBlank;
  const ends = all || options.has("E", "e");
  const tabs = all || options.has("T", "t");
  const visible = all || options.has("v", "e", "t");
  const squeeze = options.has("s");
  let line = 0;
  let atStart = true;
  let blanks = 0;
  return (text) => {
    let out = "";
    for (const char of text) {
      const blank = atStart && char === "\n";
      blanks = blank ? blanks + 1 : atStart ? 0 : blanks;
      if (blank && squeeze && blanks > 1) continue;
      if (atStart && (number || (nonBlank && !blank))) out += `${String(++line).padStart(6)}\t`;
      atStart = char === "\n";
      if (char === "\n") out += ends ? "$\n" : "\n";
      else if (char === "\t") out += tabs ? "^I" : "\t";
      else out += visible ? caret(char) : char;
    }
    return out;
  };
}

function caret(char: string): string {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 0xdc80 && code <= 0xdcff) {
    const low = code - 0xdc80;
    return `M-${low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? "^?" : String.fromCharCode(low)}`;
  }
  if (code < 32) return `^${String.fromCharCode(code + 64)}`;
  return code === 127 ? "^?" : char;
}
