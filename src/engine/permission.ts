import type { EntryKind } from "../tree/column-tree.ts";
import type { Credentials } from "./call.ts";
import { MAY_EXEC } from "./dialect.ts";
import type { PermissionRule } from "./event.ts";

/** What a permission check looks at. */
export interface Guarded {
  readonly kind: EntryKind;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Whether one of the caller's groups is `gid`. */
export function isInGroup(who: Credentials, gid: number): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/** Whether the caller owns the object or is root. */
export function isOwner(who: Credentials, object: { readonly uid: number }): boolean {
  return who.uid === 0 || who.uid === object.uid;
}

/** Which class of permission bits counts for the caller. */
function ruleFor(who: Credentials, object: Guarded): PermissionRule {
  if (who.uid === object.uid) return "owner";
  return isInGroup(who, object.gid) ? "group" : "other";
}

/**
 * The rule that decides, and whether it grants all of `want` (MAY_ bits), as generic_permission() of the kernel: the
 * bits of one class count; root passes but for executing a file that nobody may execute.
 */
export function decide(
  who: Credentials,
  object: Guarded,
  want: number,
): { readonly granted: boolean; readonly rule: PermissionRule } {
  const rule = ruleFor(who, object);
  const shift = rule === "owner" ? 6 : rule === "group" ? 3 : 0;
  if (((object.mode >> shift) & want) === want) return { granted: true, rule };
  if (who.uid !== 0) return { granted: false, rule };
  const isRunnable = object.kind === "dir" || (object.mode & 0o111) !== 0;
  return { granted: (want & MAY_EXEC) === 0 || isRunnable, rule: "root" };
}

/** "rwx" of a want, for events. */
export function wantText(want: number): string {
  return `${want & 4 ? "r" : ""}${want & 2 ? "w" : ""}${want & 1 ? "x" : ""}`;
}
