import { bytesToHex } from "@noble/hashes/utils.js";
import type { Stat } from "../../engine/call.ts";
import { decodeName, encodeName } from "../../tree/name.ts";
import { errorText } from "../error-text.ts";
import type { CommandFunction, Task } from "../task.ts";
import { command, errorLine, usage } from "./command.ts";
import { currentMask } from "./make.ts";
import { modeText, readMode } from "./mode.ts";
import { nameSource } from "./names.ts";
import type { OptionSyntax, Options } from "./options.ts";
import { quoteAlways } from "./quote.ts";
import { inDirectory, type Spot, typed } from "./spot.ts";

const CHMOD: OptionSyntax = {
  short: "cfvR",
  long: {
    changes: "c",
    silent: "f",
    quiet: "f",
    verbose: "v",
    recursive: "R",
    "reference=": "ref",
  },
};

/** `chmod -x f`: a mode that begins with a minus sign is no option. */
export const chmod: CommandFunction = (task) => {
  const isMode = (word: string): boolean => /^-[rwxXst]+([-+=,].*)?$/.test(word);
  const minus = task.args.find(isMode);
  const run = command(CHMOD, (own, options) => changeModes(own, options, minus));
  return run({ ...task, args: task.args.filter((word) => word !== minus) });
};

async function changeModes(task: Task, options: Options, minus?: string): Promise<number> {
  const reference = options.value("ref");
  const paths = [...options.operands];
  const text = reference === undefined ? (minus ?? paths.shift()) : "";
  if (text === undefined) return usage(task, "missing operand");
  if (paths.length === 0) return usage(task, `missing operand after ${quoteAlways(text)}`);
  let change = readMode(text);
  if (reference !== undefined) {
    const stat = task.call("stat", { path: reference });
    if (stat.errno !== null) {
      await task.error(
        `failed to get attributes of ${quoteAlways(reference)}: ${errorText(stat.errno)}`,
      );
      return 1;
    }
    const { mode } = stat.value;
    change = () => mode;
  }
  if (!change) return usage(task, `invalid mode: ${quoteAlways(text)}`);
  const mask = currentMask(task);
  let status = 0;
  for (const path of paths)
    if (
      !(await eachBelow(task, typed(path), options.has("R"), "stat", async (spot, stat) => {
        const mode = change(stat.mode, stat.kind === "dir", mask) & 0o7777;
        const done = task.call("chmod", { at: spot.at, target: spot.name, mode });
        if (done.errno === null) {
          await sayChange(task, options, spot.path, stat, mode);
          return true;
        }
        if (!options.has("f"))
          await task.error(
            `changing permissions of ${quoteAlways(spot.path)}: ${errorText(done.errno)}`,
          );
        return false;
      }))
    )
      status = 1;
  return status;
}

async function sayChange(
  task: Task,
  options: Options,
  path: string,
  stat: Stat,
  mode: number,
): Promise<void> {
  if (!options.has("v", "c")) return;
  const text = (bits: number): string =>
    `${bits.toString(8).padStart(4, "0")} (${modeText({ kind: stat.kind, mode: bits }).slice(1)})`;
  if (mode !== stat.mode)
    await task.out(
      `mode of ${quoteAlways(path)} changed from ${text(stat.mode)} to ${text(mode)}\n`,
    );
  else if (options.has("v"))
    await task.out(`mode of ${quoteAlways(path)} retained as ${text(mode)}\n`);
}

/** Does `change` to a path and, with `recursive`, to all below it: chmod to a directory first, chown to it last. */
async function eachBelow(
  task: Task,
  spot: Spot,
  recursive: boolean,
  look: "stat" | "lstat",
  change: (spot: Spot, stat: Stat) => Promise<boolean>,
  isLast = false,
): Promise<boolean> {
  const { at, name, path } = spot;
  const stat = task.call(look, { at, path: name });
  if (stat.errno !== null) {
    const link = look === "stat" ? task.call("lstat", { at, path: name }) : stat;
    await task.error(
      link.errno === null
        ? `cannot operate on dangling symlink ${quoteAlways(path)}`
        : `cannot access ${quoteAlways(path)}: ${errorText(stat.errno)}`,
    );
    return false;
  }
  if (!recursive || stat.value.kind !== "dir") return change(spot, stat.value);
  const first = isLast || (await change(spot, stat.value));
  const below = await inDirectory(task, spot, async (entries) => {
    let all = true;
    for (const entry of entries) {
      if (entry.kind === "symlink" && look === "stat") continue;
      if (!(await eachBelow(task, entry.spot, true, look, change, isLast))) all = false;
    }
    return all;
  });
  if (below.errno !== null) {
    await task.error(`cannot read directory ${quoteAlways(path)}: ${errorText(below.errno)}`);
    return false;
  }
  const last = !isLast || (await change(spot, stat.value));
  return first && below.value && last;
}

const CHOWN: OptionSyntax = {
  short: "cfvRhHLP",
  long: {
    recursive: "R",
    "no-dereference": "h",
    dereference: "dereference",
    verbose: "v",
    changes: "c",
    "reference=": "ref",
  },
};

export const chown = command(CHOWN, (task, options) => changeOwner(task, options));
export const chgrp = chown;

async function changeOwner(task: Task, options: Options): Promise<number> {
  const paths = [...options.operands];
  const reference = options.value("ref");
  const spec = reference === undefined ? paths.shift() : "";
  if (spec === undefined) return usage(task, "missing operand");
  if (paths.length === 0) return usage(task, `missing operand after ${quoteAlways(spec)}`);
  const owner =
    reference === undefined
      ? await readOwner(task, task.name === "chgrp" ? `:${spec}` : spec)
      : ownerOf(task, reference);
  if (typeof owner === "string") {
    await task.error(owner);
    return 1;
  }
  const noFollow = options.has("h");
  const look = options.has("R") || noFollow ? "lstat" : "stat";
  let status = 0;
  const changeOne = async (spot: Spot, stat: Stat): Promise<boolean> => {
    const done = task.call("chown", {
      at: spot.at,
      target: spot.name,
      ...owner,
      noFollow: noFollow || stat.kind === "symlink",
    });
    if (done.errno === null) {
      await sayOwner(task, options, spot.path, stat, { ...owner, spec: reference ?? spec });
      return true;
    }
    const what = task.name === "chgrp" ? "group" : "ownership";
    if (!options.has("f"))
      await task.error(`changing ${what} of ${quoteAlways(spot.path)}: ${errorText(done.errno)}`);
    return false;
  };
  for (const path of paths)
    if (!(await eachBelow(task, typed(path), options.has("R"), look, changeOne, true))) status = 1;
  return status;
}

/** What -v and -c say: the old names, and the new ones as they were asked for. */
async function sayOwner(
  task: Task,
  options: Options,
  path: string,
  stat: Stat,
  asked: { readonly uid: number; readonly gid: number; readonly spec: string },
): Promise<void> {
  const isSame =
    (asked.uid < 0 || asked.uid === stat.uid) && (asked.gid < 0 || asked.gid === stat.gid);
  if (!options.has("v") && (isSame || !options.has("c"))) return;
  const names = nameSource(task);
  const isUserLeft = asked.uid < 0 && !asked.spec.startsWith(":");
  const user = isUserLeft ? "" : await names.user(stat.uid);
  const group = asked.gid < 0 ? "" : `:${await names.group(stat.gid)}`;
  const old = task.name === "chgrp" ? group.slice(1) : `${user}${group}`;
  const what = `${task.name === "chgrp" ? "group" : "ownership"} of ${quoteAlways(path)}`;
  if (isSame) await task.out(`${what} retained as ${old}\n`);
  else await task.out(`changed ${what} from ${old} to ${asked.spec}\n`);
}

function ownerOf(task: Task, path: string): { uid: number; gid: number } | string {
  const stat = task.call("stat", { path });
  if (stat.errno === null) return { uid: stat.value.uid, gid: stat.value.gid };
  return `failed to get attributes of ${quoteAlways(path)}: ${errorText(stat.errno)}`;
}

/** `user`, `user:group`, `user:`, `:group`; -1 leaves one as it is. A string is the message of what is wrong. */
export async function readOwner(
  task: Task,
  spec: string,
): Promise<{ uid: number; gid: number } | string> {
  const names = nameSource(task);
  const at = spec.search(/[:.]/);
  const [user, group] = at < 0 ? [spec, undefined] : [spec.slice(0, at), spec.slice(at + 1)];
  let uid = -1;
  let gid = -1;
  if (user !== "") {
    const row = /^\d+$/.test(user) ? undefined : await names.userId(user);
    if (!row && !/^\d+$/.test(user)) return `invalid user: ${quoteAlways(spec)}`;
    uid = row?.uid ?? Number(user);
    if (group === "") gid = row?.gid ?? -1;
  }
  if (group) {
    const found = /^\d+$/.test(group) ? Number(group) : await names.groupId(group);
    if (found === undefined) {
      const what = task.name === "chgrp" ? group : spec;
      return `invalid group: ${quoteAlways(what)}`;
    }
    gid = found;
  }
  return { uid, gid };
}

export const getfattr = command(
  {
    short: "n:dhm:Re:",
    long: {
      "name=": "n",
      dump: "d",
      "no-dereference": "h",
      "match=": "m",
      "only-values": "only",
      "absolute-names": "abs",
      "encoding=": "e",
      recursive: "R",
    },
  },
  async (task, options) => {
    const noFollow = options.has("h");
    let status = 0;
    for (const path of options.operands) {
      const listed = task.call("listxattr", { target: path, noFollow });
      if (listed.errno !== null) {
        await task.error(`${path}: ${errorText(listed.errno)}`);
        status = 1;
        continue;
      }
      const wanted = options.value("n");
      const names =
        wanted === undefined ? listed.value.filter(matcher(options.value("m"))) : [wanted];
      const lines: string[] = [];
      for (const name of names) {
        const value = task.call("getxattr", { target: path, name, noFollow });
        if (value.errno !== null) {
          const text = value.errno === "ENODATA" ? "No such attribute" : errorText(value.errno);
          await errorLine(task, `${path}: ${name}: ${text}\n`);
          status = 1;
        } else if (options.has("only")) await task.out(decodeName(value.value));
        else
          lines.push(
            options.has("d") || wanted !== undefined
              ? `${name}${attributeValue(value.value, options.value("e"))}`
              : name,
          );
      }
      if (lines.length === 0) continue;
      const shown = options.has("abs") ? path : path.replace(/^\/+/, "");
      await task.out(`# file: ${shown}\n${lines.map((line) => `${line}\n`).join("")}\n`);
    }
    return status;
  },
);

function matcher(pattern: string | undefined): (name: string) => boolean {
  if (pattern === "-") return () => true;
  const expression = new RegExp(pattern ?? "^user\\.");
  return (name) => expression.test(name);
}

function attributeValue(value: Uint8Array, encoding: string | undefined): string {
  if (value.length === 0 && encoding === undefined) return '=""';
  const printable = value.every((byte) => byte >= 32 && byte < 127);
  if (encoding === "hex") return `=0x${bytesToHex(value)}`;
  if (encoding === "text" || printable)
    return `="${decodeName(value).replace(/["\\]/g, "\\$&").replace(/\0/g, "\\000")}"`;
  return `=0s${base64(value)}`;
}

function base64(bytes: Uint8Array): string {
  const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] ?? 0) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    const left = bytes.length - i;
    text += digits[group >> 18];
    text += digits[(group >> 12) & 63];
    text += left > 1 ? digits[(group >> 6) & 63] : "=";
    text += left > 2 ? digits[group & 63] : "=";
  }
  return text;
}

export const setfattr = command(
  {
    short: "n:v:x:h",
    long: { "name=": "n", "value=": "v", "remove=": "x", "no-dereference": "h" },
  },
  async (task, options) => {
    const noFollow = options.has("h");
    const removed = options.value("x");
    const name = options.value("n");
    if (removed === undefined && name === undefined)
      return usage(task, "No attribute name given", 2);
    const value = attributeBytes(options.value("v") ?? "");
    let status = 0;
    for (const path of options.operands) {
      const done =
        removed !== undefined
          ? task.call("removexattr", { target: path, name: removed, noFollow })
          : task.call("setxattr", { target: path, name: name ?? "", value, noFollow });
      if (done.errno === null) continue;
      const text = done.errno === "ENODATA" ? "No such attribute" : errorText(done.errno);
      await task.error(`${path}: ${text}`);
      status = 1;
    }
    return status;
  },
);

function attributeBytes(text: string): Uint8Array {
  if (/^0[xX]/.test(text))
    return Uint8Array.from(
      (text.slice(2).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16)),
    );
  const quoted = /^"(.*)"$/s.exec(text);
  const plain = (quoted?.[1] ?? text).replace(/\\([0-7]{3})/g, (_, digits: string) =>
    decodeName(Uint8Array.of(Number.parseInt(digits, 8))),
  );
  return encodeName(plain);
}
