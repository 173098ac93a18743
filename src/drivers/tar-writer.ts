import { type Content, contentLength, type Piece } from "../tree/content.ts";
import { encodeName } from "../tree/name.ts";

/** What a tar header can say of an entry. */
export interface TarHeader {
  /** Path in the archive, without "/" in front; a directory's ends with "/". */
  readonly path: string;
  readonly type: "file" | "link" | "symlink" | "char" | "block" | "dir" | "fifo";
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. Docker writes whole seconds, and so does this. */
  readonly mtime: number;
  /** Where a link or symlink points. */
  readonly target?: string;
  readonly rdev?: readonly [major: number, minor: number];
  readonly xattrs?: readonly (readonly [name: string, value: Uint8Array])[];
}

const BLOCK = 512;
const TYPE_FLAGS = {
  file: "0",
  link: "1",
  symlink: "2",
  char: "3",
  block: "4",
  dir: "5",
  fifo: "6",
} as const;

/**
 * Writes a tar as a list of pieces: headers as bytes, file content by reference. So a layer of 100 MB costs what its
 * headers cost, and its bytes are fetched only where the archive leaves the program.
 *
 * The format is ustar; a PAX header comes before an entry that does not fit (long or non-ASCII names, large numbers,
 * times before 1970, extended attributes), as Go's archive/tar does it. A name that is not UTF-8 stands as raw bytes,
 * in GNU's long form when it does not fit.
 */
export class TarWriter {
  readonly #pieces: Piece[] = [];
  #pending: Uint8Array[] = [];
  #length = 0;

  /** Adds an entry and returns where its content starts in the tar, in bytes. */
  add(header: TarHeader, content: Content = []): number {
    const size = header.type === "file" ? contentLength(content) : 0;
    for (const block of headerBlocks(header, size)) this.#bytes(block);
    const start = this.#length;
    if (size > 0) {
      this.#flush();
      this.#pieces.push(...content);
      this.#length += size;
      this.#bytes(new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK));
    }
    return start;
  }

  /** The archive with its two closing blocks. Nothing can be added after it. */
  finish(): Content {
    this.#bytes(new Uint8Array(2 * BLOCK));
    this.#flush();
    return this.#pieces;
  }

  #bytes(bytes: Uint8Array): void {
    this.#pending.push(bytes);
    this.#length += bytes.length;
  }

  #flush(): void {
    const bytes = joined(this.#pending);
    if (bytes.length > 0) this.#pieces.push({ type: "bytes", bytes });
    this.#pending = [];
  }
}

function headerBlocks(header: TarHeader, size: number): readonly Uint8Array[] {
  const path = encodeName(header.path);
  const target = encodeName(header.target ?? "");
  const split = splitPath(path);
  const records: (readonly [string, Uint8Array])[] = [];
  const blocks: Uint8Array[] = [];
  if (!split || !isAscii(path)) {
    if (isText(header.path)) records.push(["path", path]);
    else if (!split) blocks.push(...longName("L", path));
  }
  if (target.length > 100 || !isAscii(target)) {
    if (isText(header.target ?? "")) records.push(["linkpath", target]);
    else if (target.length > 100) blocks.push(...longName("K", target));
  }
  const mtime = Math.trunc(header.mtime);
  for (const [key, value, fits] of [
    ["size", size, size <= 0o77777777777],
    ["uid", header.uid, header.uid <= 0o7777777],
    ["gid", header.gid, header.gid <= 0o7777777],
    ["mtime", mtime, mtime >= 0 && mtime <= 0o77777777777],
  ] as const)
    if (!fits) records.push([key, encodeName(String(value))]);
  for (const [name, value] of header.xattrs ?? []) records.push([`SCHILY.xattr.${name}`, value]);
  if (records.length > 0) {
    const data = joined(records.map(([key, value]) => paxRecord(key, value)));
    const name = encodeName(`PaxHeaders.0/${header.path.replace(/\/$/, "").split("/").at(-1)}`);
    blocks.push(rawHeader({ name: name.subarray(0, 100), flag: "x", size: data.length }));
    blocks.push(data, new Uint8Array((BLOCK - (data.length % BLOCK)) % BLOCK));
  }
  blocks.push(
    rawHeader({
      name: split?.name ?? path.subarray(0, 100),
      prefix: split?.prefix ?? new Uint8Array(0),
      flag: TYPE_FLAGS[header.type],
      size,
      mode: header.mode,
      uid: header.uid,
      gid: header.gid,
      mtime: Math.max(0, mtime),
      target: target.subarray(0, 100),
      rdev: header.rdev ?? [0, 0],
    }),
  );
  return blocks;
}

interface RawHeader {
  readonly name: Uint8Array;
  readonly prefix?: Uint8Array;
  readonly flag: string;
  readonly size: number;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly target?: Uint8Array;
  readonly rdev?: readonly [number, number];
}

/** One ustar header block. Numbers that do not fit stand as 0: a PAX record says them. */
function rawHeader(raw: RawHeader): Uint8Array {
  const block = new Uint8Array(BLOCK);
  block.set(raw.name, 0);
  octal(block, 100, 8, raw.mode ?? 0);
  octal(block, 108, 8, raw.uid ?? 0);
  octal(block, 116, 8, raw.gid ?? 0);
  octal(block, 124, 12, raw.size);
  octal(block, 136, 12, raw.mtime ?? 0);
  block.fill(0x20, 148, 156);
  block[156] = raw.flag.charCodeAt(0);
  block.set(raw.target ?? [], 157);
  block.set(encodeName("ustar\x0000"), 257);
  octal(block, 329, 8, raw.rdev?.[0] ?? 0);
  octal(block, 337, 8, raw.rdev?.[1] ?? 0);
  block.set(raw.prefix ?? [], 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.set(encodeName(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
  return block;
}

function octal(block: Uint8Array, at: number, length: number, value: number): void {
  const digits = value.toString(8);
  const fits = value >= 0 && digits.length < length;
  block.set(encodeName((fits ? digits : "0").padStart(length - 1, "0")), at);
}

/** A path as ustar's prefix and name, or null when it does not fit. */
function splitPath(
  path: Uint8Array,
): { readonly prefix: Uint8Array; readonly name: Uint8Array } | null {
  if (path.length <= 100) return { prefix: new Uint8Array(0), name: path };
  const end = path.at(-1) === 0x2f ? path.length - 1 : path.length;
  for (let cut = Math.min(155, end - 1); cut > 0; cut--)
    if (path[cut] === 0x2f)
      return path.length - cut - 1 <= 100
        ? { prefix: path.subarray(0, cut), name: path.subarray(cut + 1) }
        : null;
  return null;
}

/** GNU's form of a name that is too long: an entry of its own, ended by NUL. */
function longName(flag: "L" | "K", name: Uint8Array): readonly Uint8Array[] {
  const size = name.length + 1;
  const data = new Uint8Array(Math.ceil(size / BLOCK) * BLOCK);
  data.set(name);
  return [rawHeader({ name: encodeName("././@LongLink"), flag, size }), data];
}

/** "LENGTH KEY=VALUE\n", where LENGTH counts itself. */
function paxRecord(key: string, value: Uint8Array): Uint8Array {
  const head = encodeName(` ${key}=`);
  const rest = head.length + value.length + 1;
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return joined([encodeName(String(length)), head, value, encodeName("\n")]);
}

function isAscii(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte < 0x80);
}

function isText(name: string): boolean {
  return !/[\udc80-\udcff]/.test(name.replace(/[\ud800-\udbff][\udc00-\udfff]/g, ""));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
