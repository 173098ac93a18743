import type { Stat } from "../../engine/call.ts";

const TYPES: Readonly<Record<Stat["kind"], string>> = {
  file: "-",
  dir: "d",
  symlink: "l",
  char: "c",
  block: "b",
  fifo: "p",
  socket: "s",
};

/** `-rw-r--r--` */
export function modeText({ kind, mode }: Pick<Stat, "kind" | "mode">): string {
  const triple = (shift: number, special: boolean, letter: string): string => {
    const bits = mode >> shift;
    const execute = special ? (bits & 1 ? letter : letter.toUpperCase()) : bits & 1 ? "x" : "-";
    return `${bits & 4 ? "r" : "-"}${bits & 2 ? "w" : "-"}${execute}`;
  };
  return (
    TYPES[kind] +
    triple(6, (mode & 0o4000) !== 0, "s") +
    triple(3, (mode & 0o2000) !== 0, "s") +
    triple(0, (mode & 0o1000) !== 0, "t")
  );
}

/** Gives the new mode for an old one; null for a text that is not a mode. */
export type ModeChange = (mode: number, isDirectory: boolean, umask: number) => number;

/** chmod's modes: `755`, `u+x,go-w`, `a=rX`. */
export function readMode(text: string): ModeChange | null {
  if (/^[0-7]{1,5}$/.test(text)) {
    const value = Number.parseInt(text, 8) & 0o7777;
    return (mode, isDirectory) =>
      isDirectory && text.length < 5 ? value | (mode & 0o6000) : value;
  }
  const clauses: ModeChange[] = [];
  for (const part of text.split(",")) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(part);
    if (!match) return null;
    for (const [, operator = "+", letters = ""] of (match[2] ?? "").matchAll(
      /([-+=])([rwxXst]*|[ugo])(?=[-+=]|$)/g,
    ))
      clauses.push(clause(match[1] ?? "", operator, letters));
  }
  return (mode, isDirectory, umask) =>
    clauses.reduce((now, change) => change(now, isDirectory, umask), mode);
}

function clause(who: string, operator: string, letters: string): ModeChange {
  const everyone = who === "" || who.includes("a");
  const users = everyone ? "ugo" : who;
  return (mode, isDirectory, umask) => {
    let bits = 0;
    let mask = 0;
    for (const user of users) {
      const shift = user === "u" ? 6 : user === "g" ? 3 : 0;
      mask |= 7 << shift;
      bits |= permissionBits(letters, mode, isDirectory) << shift;
      if (letters.includes("s") && user === "u") bits |= 0o4000;
      if (letters.includes("s") && user === "g") bits |= 0o2000;
    }
    if (letters.includes("t") && everyone) bits |= 0o1000;
    if (who === "") bits &= ~umask;
    if (operator === "+") return mode | bits;
    if (operator === "-") return mode & ~bits;
    const special = (users.includes("u") ? 0o4000 : 0) | (users.includes("g") ? 0o2000 : 0);
    const cleared = isDirectory ? 0 : special | (everyone ? 0o1000 : 0);
    return (mode & ~(mask | cleared)) | bits;
  };
}

function permissionBits(letters: string, mode: number, isDirectory: boolean): number {
  if (letters === "u") return (mode >> 6) & 7;
  if (letters === "g") return (mode >> 3) & 7;
  if (letters === "o") return mode & 7;
  const conditional = letters.includes("X") && (isDirectory || (mode & 0o111) !== 0);
  return (
    (letters.includes("r") ? 4 : 0) |
    (letters.includes("w") ? 2 : 0) |
    (letters.includes("x") || conditional ? 1 : 0)
  );
}

/** `regular file`, `directory`, …: what a file is, in words. */
export function typeText({ kind, size }: Pick<Stat, "kind" | "size">): string {
  const texts: Readonly<Record<Stat["kind"], string>> = {
    file: size === 0 ? "regular empty file" : "regular file",
    dir: "directory",
    symlink: "symbolic link",
    char: "character special file",
    block: "block special file",
    fifo: "fifo",
    socket: "socket",
  };
  return texts[kind];
}
