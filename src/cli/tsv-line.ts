import { extraOf } from "../tree/column-tree.ts";
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

/** A line of `ls --tsv`. With `isFile` characters that only a terminal minds stay as they are. */
export function tsvLine(
  { path, tree, row, type, mode, nlink, hardlink, sha256, layer: _ }: Listed,
  isFile: boolean,
): string {
  const text = isFile ? escapeName : terminalName;
  const { target, rdev, xattrs } = extraOf(tree, row);
  const octal = mode.toString(8).padStart(4, "0");
  const size = type === "f" || type === "l" ? tree.size[row]! : 0;
  const time = timeText(tree.mtime[row]!, tree.mtimeNsec?.[row] ?? 0);
  const device = type === "c" || type === "b" ? (rdev ?? [0, 0]).join(":") : "";
  const link = target === undefined ? "" : text(target);
  const attributes = xattrs ? xattrsText(xattrs, text) : "";
  const names = nlink === 0 ? "" : nlink;
  const owner = `${tree.uid[row]!}\t${tree.gid[row]!}`;
  return `${text(path)}\t${type}\t${octal}\t${owner}\t${size}\t${time}\t${names}\t${text(hardlink)}\t${device}\t${link}\t${sha256}\t${attributes}`;
}

function xattrsText(
  xattrs: readonly (readonly [name: string, value: Uint8Array])[],
  text: (name: string) => string,
): string {
  return xattrs
    .filter(([name]) => !isInvisible(name))
    .map(([name, value]) => `${text(name)}=${hexText(value)}`)
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

function timeText(seconds: number, nanoseconds: number): string {
  return nanoseconds === 0
    ? `${seconds}.000000000`
    : `${seconds}.${String(nanoseconds).padStart(9, "0")}`;
}

function hexText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
