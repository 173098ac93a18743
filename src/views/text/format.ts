import type { EntryKind } from "../../tree/column-tree.ts";
import { remembering } from "./remembered.ts";

const UNITS = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** Bytes as Docker writes them: powers of 1000, three figures. */
export function formatBytes(bytes: number, language: string): string {
  return sizes(`${language} ${bytes}`, () => bytesInWords(bytes, language));
}
const sizes = remembering<string>();

function bytesInWords(bytes: number, language: string): string {
  let unit = 0;
  let value = bytes;
  while (Math.abs(value) >= 999.5 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  // By what it is rounded to: 99.96 has the three figures of 100.
  const size = Math.abs(value);
  const digits = unit === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${numbers(language, digits).format(value)} ${UNITS[unit] ?? "B"}`;
}

export function formatCount(count: number, language: string): string {
  return counts(`${language} ${count}`, () => numbers(language, 0).format(count));
}
const counts = remembering<string>();

const LETTERS: Record<EntryKind, string> = {
  file: "-",
  dir: "d",
  symlink: "l",
  char: "c",
  block: "b",
  fifo: "p",
  socket: "s",
};

/** Mode as `ls -l` writes it: "drwxr-xr-t". */
export function formatMode(kind: EntryKind, mode: number): string {
  const bit = (mask: number, letter: string) => ((mode & mask) !== 0 ? letter : "-");
  const execute = (mask: number, special: number, letter: string) => {
    const isSet = (mode & special) !== 0;
    if ((mode & mask) !== 0) return isSet ? letter : "x";
    return isSet ? letter.toUpperCase() : "-";
  };
  return [
    LETTERS[kind],
    bit(0o400, "r"),
    bit(0o200, "w"),
    execute(0o100, 0o4000, "s"),
    bit(0o040, "r"),
    bit(0o020, "w"),
    execute(0o010, 0o2000, "s"),
    bit(0o004, "r"),
    bit(0o002, "w"),
    execute(0o001, 0o1000, "t"),
  ].join("");
}

/** "2024-03-01 12:00:05" in UTC, so that one image reads the same everywhere; past a Date's reach the seconds. */
export function formatTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return `@${seconds}`;
  return date
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "");
}

const kept = new Map<string, Intl.NumberFormat>();

function numbers(language: string, digits: number): Intl.NumberFormat {
  const key = `${language} ${digits}`;
  const known = kept.get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(language, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  kept.set(key, made);
  return made;
}
