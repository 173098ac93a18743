/** The size of a tar block. */
export const BLOCK = 512;

/** The dialects of a header that differ in where a name may go on. */
export type TarMagic = "v7" | "ustar" | "gnu" | "star";

/** A number in a header: null when its field holds something else. */
export type Field = number | null;

/** One 512-byte header, fields as they stand. Names are views into the block. */
export interface TarHeader {
  readonly name: Uint8Array;
  /** What comes before `name` and a slash; empty for most. */
  readonly prefix: Uint8Array;
  readonly linkName: Uint8Array;
  readonly mode: Field;
  readonly uid: Field;
  readonly gid: Field;
  readonly size: Field;
  readonly mtime: Field;
  /** The byte itself: "0", "5", …; NUL is "\0". */
  readonly typeflag: string;
  readonly magic: TarMagic;
}

const NAME = 0;
const MODE = 100;
const UID = 108;
const GID = 116;
const SIZE = 124;
const MTIME = 136;
const CHECKSUM = 148;
const TYPEFLAG = 156;
const LINK_NAME = 157;
const MAGIC = 257;
const DEV_MAJOR = 329;
const DEV_MINOR = 337;
const PREFIX = 345;
const STAR_MAGIC = 508;
const SPACE = 0x20;
const NO_TEXT = new Uint8Array(0);

/** What a block is. */
export type BlockKind = "zeros" | "header" | "bad-checksum";

/** Tells zeros, headers and other things apart by the header's check sum: of unsigned or, in old tars, signed bytes. */
export function blockKind(bytes: Uint8Array, from = 0): BlockKind {
  let unsigned = 0;
  for (let i = from; i < from + BLOCK; i += 8)
    unsigned +=
      bytes[i]! +
      bytes[i + 1]! +
      bytes[i + 2]! +
      bytes[i + 3]! +
      bytes[i + 4]! +
      bytes[i + 5]! +
      bytes[i + 6]! +
      bytes[i + 7]!;
  if (unsigned === 0) return "zeros";
  const sum = from + CHECKSUM;
  for (let i = sum; i < sum + 8; i++) unsigned += 0x20 - bytes[i]!;
  const stored = numberIn(bytes, sum, 8);
  return stored === unsigned || stored === unsigned - 256 * highBytes(bytes, from)
    ? "header"
    : "bad-checksum";
}

/** Bytes outside the check sum's own field that are negative when they have a sign. */
function highBytes(bytes: Uint8Array, from: number): number {
  let high = 0;
  for (let i = 0; i < BLOCK; i++)
    if (bytes[from + i]! >= 0x80 && (i < CHECKSUM || i >= CHECKSUM + 8)) high += 1;
  return high;
}

/** The fields of the block at `from` that `blockKind` calls a header. */
export function parseHeader(bytes: Uint8Array, from = 0): TarHeader {
  const magic = magicOf(bytes, from);
  const prefixLength = magic === "ustar" ? 155 : magic === "star" ? 131 : 0;
  return {
    name: textIn(bytes, from + NAME, 100),
    prefix: textIn(bytes, from + PREFIX, prefixLength),
    linkName: textIn(bytes, from + LINK_NAME, 100),
    mode: numberIn(bytes, from + MODE, 8),
    uid: numberIn(bytes, from + UID, 8),
    gid: numberIn(bytes, from + GID, 8),
    size: numberIn(bytes, from + SIZE, 12),
    mtime: numberIn(bytes, from + MTIME, 12),
    typeflag: String.fromCharCode(bytes[from + TYPEFLAG]!),
    magic,
  };
}

/** The numbers of a device; old headers have none. */
export function deviceIn(
  bytes: Uint8Array,
  from: number,
  { magic }: TarHeader,
): { readonly devMajor: Field; readonly devMinor: Field } {
  if (magic === "v7") return { devMajor: 0, devMinor: 0 };
  return {
    devMajor: numberIn(bytes, from + DEV_MAJOR, 8),
    devMinor: numberIn(bytes, from + DEV_MINOR, 8),
  };
}

/**
 * A number of a header: octal digits with spaces or NULs around them (nothing at all is 0), or, when the first bit is
 * set, a big-endian two's complement in the other bits. null when it is neither.
 */
export function numberIn(block: Uint8Array, at: number, length: number): Field {
  if (block[at]! & 0x80) return base256(block, at, length);
  const end = at + length;
  let i = at;
  while (i < end && isBlank(block[i]!)) i += 1;
  let value = 0;
  for (; i < end; i++) {
    const digit = block[i]! - 0x30;
    if (digit < 0 || digit > 7) break;
    value = value * 8 + digit;
  }
  // What follows the first NUL does not count.
  for (; i < end && block[i] !== 0; i++) if (block[i] !== SPACE) return null;
  return value;
}

/** A field as text for a message. */
export function fieldText(bytes: Uint8Array, from: number, field: keyof typeof FIELDS): string {
  const [at, length] = FIELDS[field];
  let text = "";
  for (const byte of textIn(bytes, from + at, length)) text += String.fromCharCode(byte);
  return text.trim();
}

const FIELDS = {
  mode: [MODE, 8],
  uid: [UID, 8],
  gid: [GID, 8],
  size: [SIZE, 12],
  mtime: [MTIME, 12],
  devMajor: [DEV_MAJOR, 8],
  devMinor: [DEV_MINOR, 8],
} as const;

function base256(block: Uint8Array, at: number, length: number): number {
  const first = block[at]!;
  const isNegative = (first & 0x40) !== 0;
  let value = isNegative ? (first | 0x80) - 0x100 : first & 0x3f;
  for (let i = 1; i < length; i++) value = value * 256 + block[at + i]!;
  return value;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0;
}

function magicOf(bytes: Uint8Array, from: number): TarMagic {
  if (!hasText(bytes, from + MAGIC, "ustar")) return "v7";
  if (hasText(bytes, from + MAGIC, "ustar  \0")) return "gnu";
  return hasText(bytes, from + STAR_MAGIC, "tar\0") ? "star" : "ustar";
}

function hasText(block: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (block[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The bytes of a text field up to its NUL. */
function textIn(block: Uint8Array, at: number, length: number): Uint8Array {
  let end = at;
  while (end < at + length && block[end] !== 0) end += 1;
  return end === at ? NO_TEXT : block.subarray(at, end);
}
