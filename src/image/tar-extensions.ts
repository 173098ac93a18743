import { decodeName } from "../tree/name.ts";
import { type PaxRecord, parseInteger, parseTime } from "./pax.ts";
import type { ProblemFacts } from "./problem.ts";

/** What PAX records say of the entry that follows them. A field left out keeps the header's value. */
export interface PaxFacts {
  path?: Uint8Array;
  linkPath?: Uint8Array;
  size?: number;
  uid?: number;
  gid?: number;
  mtime?: { seconds: number; nanoseconds: number };
  xattrs: (readonly [string, Uint8Array])[];
  sparse: PaxSparse;
}

/** GNU's sparse keys of PAX headers, formats 0.0, 0.1 and 1.0. */
export interface PaxSparse {
  name?: Uint8Array;
  realSize?: number;
  /** Numbers of the map: offset, length, offset, length, … (0.0 and 0.1). */
  numbers: number[];
  hasMap: boolean;
  /** Format 1.0: the map stands before the data. */
  isMapInData: boolean;
}

const SCHILY_XATTR = "SCHILY.xattr.";
const LIBARCHIVE_XATTR = "LIBARCHIVE.xattr.";

/** Sorts out the records of a PAX header; later ones of a key hold. Calls `problem` for values that cannot be. */
export function readPaxRecords(
  records: readonly PaxRecord[],
  problem: (facts: ProblemFacts) => void,
): PaxFacts {
  const facts: PaxFacts = {
    xattrs: [],
    sparse: { numbers: [], hasMap: false, isMapInData: false },
  };
  const xattrs = new Map<string, Uint8Array>();
  for (const { key, value } of records) {
    if (key.startsWith(SCHILY_XATTR)) xattrs.set(key.slice(SCHILY_XATTR.length), value.slice());
    else if (key.startsWith(LIBARCHIVE_XATTR)) {
      const name = unescapePercent(key.slice(LIBARCHIVE_XATTR.length));
      const bytes = decodeBase64(decodeName(value));
      if (bytes && !xattrs.has(name)) xattrs.set(name, bytes);
    } else if (value.length > 0) readValue(facts, key, value, problem);
    // An empty value means: as the header says. An xattr alone may be empty.
  }
  facts.xattrs = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  return facts;
}

function readValue(
  facts: PaxFacts,
  key: string,
  value: Uint8Array,
  problem: (facts: ProblemFacts) => void,
): void {
  const refuse = () => problem({ type: "pax-value", key, value: decodeName(value.slice(0, 64)) });
  const number = (): number | undefined => {
    const parsed = parseInteger(decodeName(value));
    if (parsed !== null && parsed >= 0) return parsed;
    refuse();
    return undefined;
  };
  switch (key) {
    case "path":
    case "linkpath": {
      const nul = value.indexOf(0);
      if (nul >= 0) problem({ type: "pax-record", reason: "nul" });
      // Up to its NUL, as GNU tar and libarchive take it; Go refuses the whole header.
      const path = nul < 0 ? value.slice() : value.slice(0, nul);
      if (path.length > 0) facts[key === "path" ? "path" : "linkPath"] = path;
      return;
    }
    case "size":
    case "uid":
    case "gid": {
      const parsed = number();
      if (parsed !== undefined) facts[key] = parsed;
      return;
    }
    case "mtime": {
      const time = parseTime(decodeName(value));
      if (time) facts.mtime = time;
      else refuse();
      return;
    }
    case "GNU.sparse.name":
      facts.sparse.name = value.slice();
      return;
    case "GNU.sparse.major":
      facts.sparse.isMapInData = decodeName(value) === "1";
      return;
    case "GNU.sparse.size":
    case "GNU.sparse.realsize": {
      const parsed = number();
      if (parsed !== undefined) facts.sparse.realSize = parsed;
      return;
    }
    case "GNU.sparse.offset":
    case "GNU.sparse.numbytes": {
      facts.sparse.numbers.push(number() ?? 0);
      facts.sparse.hasMap = true;
      return;
    }
    case "GNU.sparse.map": {
      const parts = decodeName(value).split(",");
      const numbers = parts.map((part) => parseInteger(part) ?? -1);
      if (numbers.some((parsed) => parsed < 0)) refuse();
      else facts.sparse.numbers = numbers;
      facts.sparse.hasMap = true;
      return;
    }
    default:
  }
}

/** Pairs of offset and length as they must be: rising, apart, within the file. null when they are not. */
export function sparseMap(
  numbers: readonly number[],
  realSize: number,
): (readonly [number, number])[] | null {
  if (numbers.length % 2 !== 0) return null;
  const map: (readonly [number, number])[] = [];
  let end = 0;
  for (let i = 0; i < numbers.length; i += 2) {
    const offset = numbers[i]!;
    const length = numbers[i + 1]!;
    if (offset < end || length < 0 || offset + length > realSize) return null;
    end = offset + length;
    if (length > 0) map.push([offset, length]);
  }
  return map;
}

function unescapePercent(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** null when the text is no base64. Padding may be left out, as libarchive does. */
function decodeBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return null;
  const binary = atob(text.replace(/=+$/, ""));
  return Uint8Array.from(binary, (char) => char.charCodeAt(0));
}
