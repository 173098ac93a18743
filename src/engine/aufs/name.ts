import { encodeName } from "../../tree/name.ts";
import { fail } from "../errno.ts";

/** What a whiteout's name begins with; every name that does is reserved. */
export const WHITEOUT_PREFIX = ".wh.";
/** Inside a directory: nothing below it is merged. */
export const OPAQUE_MARK = ".wh..wh..opq";
/** In a writable branch's root: the file that whiteouts are hard links of. */
export const WHITEOUT_BASE = ".wh..wh.aufs";
/** In a writable branch's root: the hard links that keep pseudo-linked files. */
export const PLINK_DIRECTORY = ".wh..wh.plnk";
/** In a writable branch's root: a place for the temporary file of one whose directory is gone. */
export const ORPHAN_DIRECTORY = ".wh..wh.orph";
/** Mode of whiteouts, opaque marks and their base. */
export const MARK_MODE = 0o444;

/** The longest name in bytes: room for ".wh..wh." before and ".ffff" after it. */
export const MAX_NAME = 242;

/** The name of the whiteout of `name`. */
export function whiteoutOf(name: string): string {
  return WHITEOUT_PREFIX + name;
}

/** Whether a name on disk is one of aufs's own, never listed. A file called just ".wh." is listed. */
export function isHidden(name: string): boolean {
  return name.length > WHITEOUT_PREFIX.length && name.startsWith(WHITEOUT_PREFIX);
}

/** Fails with ENAMETOOLONG or EPERM when nothing of this name can be looked up or made (rules L-12, L-13). */
export function checkName(name: string): void {
  if (isTooLong(name, MAX_NAME)) fail("ENAMETOOLONG");
  if (name.startsWith(WHITEOUT_PREFIX)) fail("EPERM");
}

/** The name something has on disk while it is made or taken away; `counter` goes up with each. */
export function temporaryName(name: string, counter: number): string {
  const digits = (counter & 0xffff).toString(16).padStart(4, "0");
  return `${WHITEOUT_PREFIX}${WHITEOUT_PREFIX}${name}.${digits}`;
}

function isTooLong(name: string, limit: number): boolean {
  return name.length > limit / 4 && encodeName(name).length > limit;
}
