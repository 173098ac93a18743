import { decodeName } from "../tree/name.ts";

/** One record of a PAX header. Keys are text; a value's bytes are kept, since xattrs and names are bytes. */
export interface PaxRecord {
  readonly key: string;
  readonly value: Uint8Array;
}

export interface PaxHeader {
  readonly records: readonly PaxRecord[];
  /** Why the records end before the header does; null when all were read. */
  readonly fault: "length" | "newline" | "zero" | "no-equals" | null;
}

const EQUALS = 0x3d;
const NEWLINE = 0x0a;
const SPACE = 0x20;
/** Digits of a record's length: enough for any header that is read at all. */
const MOST_DIGITS = 10;

/** Reads the records of a PAX header, "LENGTH KEY=VALUE\n" each, as far as they are sound. */
export function parsePax(bytes: Uint8Array): PaxHeader {
  const records: PaxRecord[] = [];
  for (let at = 0; at < bytes.length; ) {
    // Some writers fill up with NULs.
    if (bytes[at] === 0) return { records, fault: null };
    let length = 0;
    let i = at;
    for (; i < bytes.length && bytes[i] !== SPACE; i++) {
      const digit = bytes[i]! - 0x30;
      if (digit < 0 || digit > 9 || i - at >= MOST_DIGITS) return { records, fault: "length" };
      length = length * 10 + digit;
    }
    const end = at + length;
    if (length === 0) return { records, fault: "zero" };
    if (end > bytes.length || end <= i + 1) return { records, fault: "length" };
    if (bytes[end - 1] !== NEWLINE) return { records, fault: "newline" };
    const equals = bytes.indexOf(EQUALS, i + 1);
    if (equals < 0 || equals >= end) return { records, fault: "no-equals" };
    records.push({
      key: decodeName(bytes.subarray(i + 1, equals)),
      value: bytes.subarray(equals + 1, end - 1),
    });
    at = end;
  }
  return { records, fault: null };
}

/** A decimal number with an optional sign and fraction, as PAX writes times: null when it is none. */
export function parseTime(text: string): { seconds: number; nanoseconds: number } | null {
  const parts = /^(-?)(\d{1,18})(?:\.(\d*))?$/.exec(text);
  if (!parts) return null;
  const isNegative = parts[1] === "-";
  const whole = Number(parts[2]);
  const fraction = Number((parts[3] ?? "").padEnd(9, "0").slice(0, 9));
  if (!isNegative) return { seconds: whole, nanoseconds: fraction };
  // -1.5 is half a second before -1: second -2 and 0.5 s on.
  if (fraction === 0) return { seconds: whole === 0 ? 0 : -whole, nanoseconds: 0 };
  return { seconds: -whole - 1, nanoseconds: 1_000_000_000 - fraction };
}

/** A decimal integer: null when it is none. */
export function parseInteger(text: string): number | null {
  return /^-?\d{1,19}$/.test(text) ? Number(text) : null;
}
