import { type ColumnTree, type Extra, extraOf, type Row } from "../../tree/column-tree.ts";

/** Extended attributes that containerd does not set: the kernel keeps them for the system's own use. */
const TRUSTED = "trusted.";
/** What a file loses with a change of owner, a change to the same one too. */
const CAPABILITY = "security.capability";

/** Access lists: a version, then entries of a tag, what it may do and an id. */
const ACCESS_LIST = "system.posix_acl_access";
const ACL_GROUP = 4;
const ACL_MASK = 16;
/** By tag, where the mode has its bits: owner, group, mask, others. */
const MODE_SHIFTS: ReadonlyMap<number, number> = new Map([
  [1, 6],
  [ACL_GROUP, 3],
  [ACL_MASK, 3],
  [32, 0],
]);

type Xattrs = NonNullable<Extra["xattrs"]>;
type Xattr = Xattrs[number];

/**
 * A layer's tree with the attributes that containerd gives its files: those of the last header of an inode, hard links'
 * headers among them, and no `trusted.*`. The tree itself when nothing differs.
 */
export function asContainerdWrites(tree: ColumnTree): ColumnTree {
  const extras = extrasWithout(tree, isTrusted);
  if (!extras && tree.secondHeaders.length === 0) return tree;
  return withHeaders(tree, extras ?? [...tree.extras]);
}

/**
 * A layer's tree with the attributes that umoci gives its files: none that is empty, as Go's reader says it. Entries that
 * later ones replaced too: a symlink may have led them where they stay.
 */
export function asUmociWrites(tree: ColumnTree): ColumnTree {
  const extras = extrasWithout(tree, isEmpty);
  const isReplaced = tree.replaced.some(({ extra }) => extra?.xattrs?.some(isEmpty));
  if (!extras && !isReplaced) return tree;
  const replaced = tree.replaced.map((entry) =>
    entry.extra ? { ...entry, extra: without(entry.extra, isEmpty) } : entry,
  );
  return { ...tree, extras: extras ?? tree.extras, replaced };
}

/** null when no row has such an attribute. */
function extrasWithout(
  { extras }: ColumnTree,
  isLeftOut: (xattr: Xattr) => boolean,
): Extra[] | null {
  if (!extras.some(({ xattrs }) => xattrs?.some(isLeftOut))) return null;
  return extras.map((extra) => without(extra, isLeftOut));
}

function without(extra: Extra, isLeftOut: (xattr: Xattr) => boolean): Extra {
  if (!extra.xattrs) return extra;
  return { ...extra, xattrs: extra.xattrs.filter((xattr) => !isLeftOut(xattr)) };
}

function withHeaders(tree: ColumnTree, extras: Extra[]): ColumnTree {
  const copy = {
    ...tree,
    mode: tree.mode.slice(),
    uid: tree.uid.slice(),
    gid: tree.gid.slice(),
    mtime: tree.mtime.slice(),
    mtimeNsec: tree.mtimeNsec?.slice() ?? new Int32Array(tree.length),
    extra: tree.extra.slice(),
    extras,
  };
  if (tree.secondHeaders.length > 0) writeHeaders(copy, extras);
  return copy;
}

/** Gives each inode what its second headers say, one after the other, and then its other names the same. */
function writeHeaders(
  tree: ColumnTree & { readonly mtimeNsec: Int32Array },
  extras: Extra[],
): void {
  const rowOfEntry = new Map<number, Row>();
  for (let row = 1; row < tree.length; row++) rowOfEntry.set(tree.entry[row]!, row);
  const written = new Map<Row, Map<string, Uint8Array>>();
  for (const { entries, owner, mtime, mtimeNsec, xattrs } of tree.secondHeaders) {
    const alive = entries.find((entry) => rowOfEntry.has(entry));
    const name = alive === undefined ? undefined : rowOfEntry.get(alive);
    if (name === undefined) continue;
    const inode = tree.inode[name]!;
    const all = written.get(inode) ?? new Map(extraOf(tree, inode).xattrs);
    written.set(inode, all);
    if (owner) {
      tree.mode[inode] = owner.mode;
      tree.uid[inode] = owner.uid;
      tree.gid[inode] = owner.gid;
      all.delete(CAPABILITY);
    }
    tree.mtime[inode] = mtime;
    tree.mtimeNsec[inode] = mtimeNsec;
    for (const xattr of xattrs) if (!isTrusted(xattr)) all.set(...xattr);
    const list = all.get(ACCESS_LIST);
    if (list) all.set(ACCESS_LIST, withMode(list, tree.mode[inode]!));
  }
  for (const [inode, all] of written) {
    const extra = extraOf(tree, inode);
    if (!extra.xattrs && all.size === 0) continue;
    const xattrs = [...all].sort(([a], [b]) => (a < b ? -1 : 1));
    tree.extra[inode] = extras.push({ ...extra, xattrs }) - 1;
  }
  for (let row = 1; row < tree.length; row++) {
    const inode = tree.inode[row]!;
    if (!written.has(inode)) continue;
    tree.mode[row] = tree.mode[inode]!;
    tree.uid[row] = tree.uid[inode]!;
    tree.gid[row] = tree.gid[inode]!;
    tree.mtime[row] = tree.mtime[inode]!;
    tree.mtimeNsec[row] = tree.mtimeNsec[inode]!;
    tree.extra[row] = tree.extra[inode]!;
  }
}

/** An access list after a chmod, which writes the mode into it: for the owner, for the mask, for others. */
function withMode(value: Uint8Array, mode: number): Uint8Array {
  if (value.length % 8 !== 4) return value;
  const list = value.slice();
  const view = new DataView(list.buffer);
  const tags = tagsOf(view);
  const hasMask = tags.includes(ACL_MASK);
  tags.forEach((tag, i) => {
    const shift = tag === ACL_GROUP && hasMask ? undefined : MODE_SHIFTS.get(tag);
    if (shift !== undefined) view.setUint16(6 + i * 8, (mode >> shift) & 7, true);
  });
  return list;
}

function tagsOf(list: DataView): number[] {
  const tags: number[] = [];
  for (let at = 4; at + 8 <= list.byteLength; at += 8) tags.push(list.getUint16(at, true));
  return tags;
}

/** Whether a row has an extended attribute that containerd does not set. */
export function hasTrustedXattr(tree: ColumnTree, row: Row): boolean {
  return extraOf(tree, row).xattrs?.some(isTrusted) ?? false;
}

/** Whether a row has an extended attribute that umoci does not set. */
export function hasEmptyXattr(tree: ColumnTree, row: Row): boolean {
  return extraOf(tree, row).xattrs?.some(isEmpty) ?? false;
}

function isTrusted([name]: Xattr): boolean {
  return name.startsWith(TRUSTED);
}

function isEmpty([, value]: Xattr): boolean {
  return value.length === 0;
}
