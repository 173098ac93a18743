import type { Content } from "../../tree/content.ts";
import { errorText } from "../error-text.ts";
import type { CommandFunction, Task } from "../task.ts";
import {
  baseName,
  command,
  directoryName,
  fileError,
  join,
  linesOf,
  readFile,
  usage,
} from "./command.ts";
import { quoteAlways, quoteIfNeeded } from "./quote.ts";
import { formatTime, readTime } from "./time.ts";

/** Flushes the files named, or, with nothing to flush here, does nothing. */
export const sync = command(
  { short: "df", long: { data: "d", "file-system": "f" } },
  async (task, options) => {
    let status = 0;
    for (const path of options.operands) {
      const opened = task.call("open", { path, flags: ["O_RDONLY", "O_NONBLOCK"] });
      if (opened.errno !== null) {
        await task.error(`error opening ${quoteAlways(path)}: ${errorText(opened.errno)}`);
        status = 1;
        continue;
      }
      task.call("fsync", { fd: opened.value });
      task.call("close", { fd: opened.value });
    }
    return status;
  },
);

export const uname = command(
  {
    short: "asnrvmpio",
    long: {
      all: "a",
      "kernel-name": "s",
      nodename: "n",
      "kernel-release": "r",
      machine: "m",
      "operating-system": "o",
    },
  },
  async (task, options) => {
    const host = await hostName(task);
    const fields: readonly [string, string][] = [
      ["s", "Linux"],
      ["n", host],
      ["r", "6.1.0-aufs"],
      ["v", "#1 SMP PREEMPT_DYNAMIC"],
      ["m", "x86_64"],
      ["o", "GNU/Linux"],
    ];
    const shown = options.has("a")
      ? fields
      : options.list.length === 0
        ? fields.slice(0, 1)
        : fields.filter(([key]) => options.has(key));
    await task.out(`${shown.map(([, text]) => text).join(" ")}\n`);
    return 0;
  },
);

async function hostName(task: Task): Promise<string> {
  const content = await readFile(task, "/etc/hostname");
  const text = content.errno === null ? (await task.text(content.value)).trim() : "";
  return text === "" ? (task.environment.get("HOSTNAME") ?? "localhost") : text;
}

export const hostname: CommandFunction = async (task) => {
  await task.out(`${await hostName(task)}\n`);
  return 0;
};

export const date = command(
  {
    short: "d:uRI::r:",
    long: {
      "date=": "d",
      utc: "u",
      universal: "u",
      "iso-8601?=": "I",
      "reference=": "r",
      "rfc-email": "R",
    },
  },
  async (task, options) => {
    let time = task.now();
    const text = options.value("d");
    const reference = options.value("r");
    if (text !== undefined) {
      const wanted = readTime(text, time);
      if (wanted === null) {
        await task.error(`invalid date ${quoteAlways(text)}`);
        return 1;
      }
      time = wanted;
    } else if (reference !== undefined) {
      const stat = task.call("stat", { path: reference });
      if (stat.errno !== null) {
        await fileError(task, reference, stat.errno);
        return 1;
      }
      time = stat.value.mtime;
    }
    const given = options.operands.find((word) => word.startsWith("+"));
    const iso = options.value("I");
    const format =
      given?.slice(1) ??
      (options.has("R")
        ? "%a, %d %b %Y %H:%M:%S %z"
        : iso !== undefined
          ? iso === "seconds" || iso === "s"
            ? "%Y-%m-%dT%H:%M:%S+00:00"
            : "%Y-%m-%d"
          : "%a %b %e %H:%M:%S %Z %Y");
    await task.out(`${formatTime(time, format)}\n`);
    return 0;
  },
);

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86400 };

/** Lets the machine's clock run on; nobody waits. */
export const sleep: CommandFunction = async (task) => {
  if (task.args.length === 0) return usage(task, "missing operand");
  let seconds = 0;
  for (const word of task.args) {
    const match = /^(\d*\.?\d+|\d+\.?)([smhd]?)$/.exec(word);
    if (!match) return usage(task, `invalid time interval ${quoteAlways(word)}`);
    seconds += Number(match[1]) * (UNIT_SECONDS[match[2] ?? ""] ?? 1);
  }
  task.process.world.sleep(seconds);
  return 0;
};

export const env = command(
  {
    short: "iu:0C:",
    long: { "ignore-environment": "i", "unset=": "u", "chdir=": "C" },
    ordered: true,
  },
  async (task, options) => {
    const environment = new Map(options.has("i") ? [] : task.environment);
    for (const [key, name] of options.list) if (key === "u") environment.delete(name);
    const words = [...options.operands];
    while (/^[^=]+=/.test(words[0] ?? "")) {
      const word = words.shift() ?? "";
      environment.set(word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1));
    }
    if (words.length > 0) return task.run(words, { environment });
    for (const [name, value] of environment) await task.out(`${name}=${value}\n`);
    return 0;
  },
  (task, message) => usage(task, message, 125),
);

export const printenv: CommandFunction = async (task) => {
  let status = 0;
  if (task.args.length === 0)
    for (const [name, value] of task.environment) await task.out(`${name}=${value}\n`);
  for (const name of task.args) {
    const value = task.environment.get(name);
    if (value === undefined) status = 1;
    else await task.out(`${value}\n`);
  }
  return status;
};

export const basename = command(
  { short: "as:z", long: { multiple: "a", "suffix=": "s" } },
  async (task, options) => {
    const [first, second, third] = options.operands;
    if (first === undefined) return usage(task, "missing operand");
    const many = options.has("a", "s");
    if (!many && third !== undefined) return usage(task, `extra operand ${quoteAlways(third)}`);
    const suffix = options.value("s") ?? (many ? "" : (second ?? ""));
    for (const path of many ? options.operands : [first]) {
      const name = baseName(path);
      const cut = suffix !== "" && name !== suffix && name.endsWith(suffix);
      await task.out(`${cut ? name.slice(0, -suffix.length) : name}\n`);
    }
    return 0;
  },
);

export const dirname = command({ short: "z" }, async (task, options) => {
  if (options.operands.length === 0) return usage(task, "missing operand");
  for (const path of options.operands) await task.out(`${directoryName(path)}\n`);
  return 0;
});

export const seq: CommandFunction = async (task) => {
  let separator = "\n";
  let padded = false;
  const words: string[] = [];
  for (let i = 0; i < task.args.length; i++) {
    const word = task.args[i] ?? "";
    if (word === "-w") padded = true;
    else if (word.startsWith("-s"))
      separator = word.length > 2 ? word.slice(2) : (task.args[++i] ?? "");
    else words.push(word);
  }
  const bad = words.find((word) => Number.isNaN(Number(word)));
  if (words.length === 0) return usage(task, "missing operand");
  if (bad !== undefined) return usage(task, `invalid floating point argument: ${quoteAlways(bad)}`);
  const numbers = words.map(Number);
  const first = numbers.length > 1 ? (numbers[0] ?? 1) : 1;
  const step = numbers.length > 2 ? (numbers[1] ?? 1) : 1;
  const last = numbers.at(-1) ?? 0;
  const digits = Math.max(...words.map((word) => (/\.(\d+)/.exec(word)?.[1] ?? "").length));
  const found: string[] = [];
  for (let i = 0; i < 1_000_000; i++) {
    const value = first + step * i;
    if (step === 0 || (step > 0 ? value > last + 1e-12 : value < last - 1e-12)) break;
    found.push(value.toFixed(digits));
  }
  const width = padded ? Math.max(...found.map((text) => text.length)) : 0;
  if (found.length > 0)
    await task.out(`${found.map((text) => text.padStart(width, "0")).join(separator)}\n`);
  return 0;
};

export const xargs = command(
  {
    short: "0n:I:L:rtd:P:",
    long: { null: "0", "max-args=": "n", "no-run-if-empty": "r", "delimiter=": "d" },
    ordered: true,
  },
  async (task, options) => {
    const content = await task.readAll(0);
    if (content.errno !== null) return 1;
    const text = await task.text(content.value);
    const replace = options.value("I");
    const items = options.has("0")
      ? text.split("\0").filter((word) => word !== "")
      : replace !== undefined
        ? linesOf(text).filter((line) => line !== "")
        : options.has("d")
          ? text
              .split((options.value("d") ?? "\n").replace("\\n", "\n"))
              .filter((word) => word !== "")
          : unquoteWords(text);
    const words = options.operands.length > 0 ? options.operands : ["echo"];
    if (items.length === 0 && (options.has("r") || replace !== undefined)) return 0;
    const size =
      replace !== undefined ? 1 : Number(options.value("n") ?? options.value("L") ?? 5000);
    let status = 0;
    for (let at = 0; at < Math.max(1, items.length); at += size) {
      const group = items.slice(at, at + size);
      const argv =
        replace !== undefined
          ? words.map((word) => word.replaceAll(replace, group[0] ?? ""))
          : [...words, ...group];
      const code = await task.run(argv);
      if (code === 127 || code === 126) return code;
      if (code !== 0) status = 123;
    }
    return status;
  },
);

function unquoteWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'\\])+/gs))
    words.push(
      match[0].replace(
        /"([^"]*)"|'([^']*)'|\\(.)/gs,
        (_, a?: string, b?: string, c?: string) => a ?? b ?? c ?? "",
      ),
    );
  return words;
}

/** Makes a name from the machine's clock, so that a fork makes the same. */
export const mktemp = command(
  { short: "dp:qtu", long: { directory: "d", "tmpdir?=": "p" } },
  async (task, options) => {
    const [template = "tmp.XXXXXXXXXX"] = options.operands;
    const inTmp = options.operands.length === 0 || options.has("p", "t");
    const path = inTmp
      ? join(options.value("p") || task.environment.get("TMPDIR") || "/tmp", template)
      : template;
    if (!/XXX+$/.test(path)) {
      await task.error(`too few X's in template ${quoteAlways(template)}`);
      return 1;
    }
    const { sec, nsec } = task.now();
    let seed = (sec ^ nsec ^ (task.process.pid * 7919)) >>> 0;
    const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    const name = path.replace(/X+$/, (marks) =>
      [...marks]
        .map(() => {
          seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
          return letters[(seed >>> 8) % letters.length];
        })
        .join(""),
    );
    if (options.has("u")) {
      await task.out(`${name}\n`);
      return 0;
    }
    const made = options.has("d")
      ? task.call("mkdir", { path: name, mode: 0o700 })
      : task.call("open", { path: name, flags: ["O_RDWR", "O_CREAT", "O_EXCL"], mode: 0o600 });
    if (made.errno !== null) {
      const what = options.has("d") ? "directory" : "file";
      await task.error(
        `failed to create ${what} via template ${quoteAlways(path)}: ${errorText(made.errno)}`,
      );
      return 1;
    }
    if (typeof made.value === "number") task.call("close", { fd: made.value });
    await task.out(`${name}\n`);
    return 0;
  },
);

export const cmp = command(
  { short: "sl", long: { silent: "s", quiet: "s" } },
  async (task, options) => {
    const [a = "", b = "-"] = options.operands;
    const contents: Content[] = [];
    for (const path of [a, b]) {
      const content = await readFile(task, path);
      if (content.errno !== null) {
        await fileError(task, path, content.errno);
        return 2;
      }
      contents.push(content.value);
    }
    const [x, y] = [await task.bytes(contents[0] ?? []), await task.bytes(contents[1] ?? [])];
    const end = Math.min(x.length, y.length);
    let at = 0;
    while (at < end && x[at] === y[at]) at++;
    if (at === end && x.length === y.length) return 0;
    if (options.has("s")) return 1;
    const line = x.subarray(0, at).filter((byte) => byte === 10).length + 1;
    if (at < end) await task.out(`${a} ${b} differ: char ${at + 1}, line ${line}\n`);
    else {
      const shorter = x.length < y.length ? a : b;
      await task.error(
        `EOF on ${quoteIfNeeded(shorter)} after byte ${end}, in line ${line - (x[end - 1] === 10 ? 1 : 0)}`,
      );
    }
    return 1;
  },
);

/** Writes its words for ever, in blocks, until the pipe breaks. */
export const yes: CommandFunction = async (task) => {
  const line = `${task.args.join(" ") || "y"}\n`;
  const block = line.repeat(Math.max(1, Math.floor(8192 / line.length)));
  if (task.isTerminal(1)) {
    await task.out(line.repeat(20));
    return 130;
  }
  for (let blocks = 0; blocks < 100_000; blocks++) await task.out(block);
  return 0;
};

export const tac = command({ short: "" }, async (task, options) => {
  const [path = "-"] = options.operands;
  const content = await readFile(task, path);
  if (content.errno !== null) {
    await task.error(
      `failed to open ${quoteAlways(path)} for reading: ${errorText(content.errno)}`,
    );
    return 1;
  }
  await task.out(
    linesOf(await task.text(content.value))
      .reverse()
      .map((line) => `${line}\n`)
      .join(""),
  );
  return 0;
});
