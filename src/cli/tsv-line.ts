import { bytesToHex } from "@noble/hashes/utils.js";
import { extraOf, nameOf, ROOT_ROW } from "../tree/column-tree.ts";
import type { LineBuffer } from "./line-buffer.ts";
import type { Listed } from "./listing.ts";
import { escapeName, terminalName } from "./name-text.ts";

/** The columns of `ls --tsv`. */
export const TSV_COLUMNS = [
  "path",
  "type",
  "mode",
  "uid",
  "gid",
  "size",
  "mtime",
  "nlink",
  "hardlink",
  "rdev",
  "linktarget",
  "sha256",
  "xattrs",
] as const;

const TAB = 0x09;
const NEWLINE = 0x0a;
const BACKSLASH = 0x5c;

/** Writes the lines of `ls --tsv`. With `isFile` characters that only a terminal minds stay as they are. */
export class TsvWriter {
  readonly #into: LineBuffer;
  readonly #text: (name: string) => string;
  /** The directory of the last line, and as it is written. */
  #dir = "";
  #dirBytes = new Uint8Array(0);

  constructor(into: LineBuffer, isFile: boolean) {
    this.#into = into;
    this.#text = isFile ? escapeName : terminalName;
  }

  /** Writes a line, and its end. */
  line(listed: Listed): void {
    const { tree, row, type, mode, nlink, hardlink, sha256 } = listed;
    const into = this.#into;
    const { target, rdev, xattrs } = extraOf(tree, row);
    this.#path(listed);
    into.byte(TAB);
    into.ascii(type);
    into.byte(TAB);
    into.octal(mode);
    into.byte(TAB);
    into.decimal(tree.uid[row]!);
    into.byte(TAB);
    into.decimal(tree.gid[row]!);
    into.byte(TAB);
    into.decimal(type === "f" || type === "l" ? tree.size[row]! : 0);
    into.byte(TAB);
    into.decimal(tree.mtime[row]!);
    into.ascii(".");
    into.decimal(tree.mtimeNsec?.[row] ?? 0, 9);
    into.byte(TAB);
    if (nlink > 0) into.decimal(nlink);
    into.byte(TAB);
    if (hardlink !== "") into.text(this.#text(hardlink));
    into.byte(TAB);
    if (type === "c" || type === "b") into.ascii((rdev ?? [0, 0]).join(":"));
    into.byte(TAB);
    if (target !== undefined) into.text(this.#text(target));
    into.byte(TAB);
    into.ascii(sha256);
    into.byte(TAB);
    if (xattrs) into.text(xattrsText(xattrs, this.#text));
    into.byte(NEWLINE);
  }

  #path(listed: Listed): void {
    const { dir, named } = listed;
    const into = this.#into;
    if (named.row === ROOT_ROW) {
      into.ascii(".");
      return;
    }
    if (dir !== this.#dir) {
      this.#dir = dir;
      this.#dirBytes = Buffer.from(this.#text(dir));
    }
    into.bytes(this.#dirBytes);
    const id = named.tree.name[named.row]!;
    const from = named.tree.nameStart[id]!;
    const to = named.tree.nameStart[id + 1]!;
    const bytes = named.tree.nameBytes;
    if (isPlain(bytes, from, to)) into.bytes(bytes, from, to);
    else into.text(this.#text(nameOf(named.tree, named.row)));
  }
}

/** Whether bytes stand in a line as they are. */
function isPlain(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte >= 0x7f || byte === BACKSLASH) return false;
  }
  return true;
}

function xattrsText(
  xattrs: readonly (readonly [name: string, value: Uint8Array])[],
  text: (name: string) => string,
): string {
  return xattrs
    .filter(([name]) => !isInvisible(name))
    .map(([name, value]) => `${text(name)}=${bytesToHex(value)}`)
    .join(";");
}

/** Attributes that a mounted union keeps to itself. */
function isInvisible(name: string): boolean {
  return (
    name.startsWith("trusted.overlay.") ||
    name.startsWith("user.overlay.") ||
    name === "user.rootlesscontainers"
  );
}
