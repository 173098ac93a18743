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
  readonly devMajor: Field;
  readonly devMinor: Field;
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
export function blockKind(block: Uint8Array): BlockKind {
  let unsigned = 0;
  for (let i = 0; i < BLOCK; i += 4)
    unsigned += block[i]! + block[i + 1]! + block[i + 2]! + block[i + 3]!;
  if (unsigned === 0) return "zeros";
  for (let i = CHECKSUM; i < CHECKSUM + 8; i++) unsigned += 0x20 - block[i]!;
  const stored = numberIn(block, CHECKSUM, 8);
  return stored === unsigned || stored === unsigned - 256 * highBytes(block)
    ? "header"
    : "bad-checksum";
}

/** Bytes outside the check sum's own field that are negative when they have a sign. */
function highBytes(block: Uint8Array): number {
  let high = 0;
  for (let i = 0; i < BLOCK; i++)
    if (block[i]! >= 0x80 && (i < CHECKSUM || i >= CHECKSUM + 8)) high += 1;
  return high;
}

/** The fields of a block that `blockKind` calls a header. */
export function parseHeader(block: Uint8Array): TarHeader {
  const magic = magicOf(block);
  const hasDevices = magic !== "v7";
  const prefixLength = magic === "ustar" ? 155 : magic === "star" ? 131 : 0;
  return {
    name: textIn(block, NAME, 100),
    prefix: textIn(block, PREFIX, prefixLength),
    linkName: textIn(block, LINK_NAME, 100),
    mode: numberIn(block, MODE, 8),
    uid: numberIn(block, UID, 8),
    gid: numberIn(block, GID, 8),
    size: numberIn(block, SIZE, 12),
    mtime: numberIn(block, MTIME, 12),
    devMajor: hasDevices ? numberIn(block, DEV_MAJOR, 8) : 0,
    devMinor: hasDevices ? numberIn(block, DEV_MINOR, 8) : 0,
    typeflag: String.fromCharCode(block[TYPEFLAG]!),
    magic,
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
export function fieldText(block: Uint8Array, field: keyof typeof FIELDS): string {
  const [at, length] = FIELDS[field];
  let text = "";
  for (const byte of textIn(block, at, length)) text += String.fromCharCode(byte);
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

function magicOf(block: Uint8Array): TarMagic {
  if (!hasText(block, MAGIC, "ustar")) return "v7";
  if (hasText(block, MAGIC, "ustar  \0")) return "gnu";
  return hasText(block, STAR_MAGIC, "tar\0") ? "star" : "ustar";
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
