import { type ColumnTree, type Extra, extraOf, type Row } from "../../tree/column-tree.ts";

/** Extended attributes that containerd does not set: the kernel keeps them for the system's own use. */
const TRUSTED = "trusted.";
/** What a file loses with a change of owner, a change to the same one too. */
const CAPABILITY = "security.capability";

type Xattrs = NonNullable<Extra["xattrs"]>;

/**
 * A layer's tree with the attributes that containerd gives its files: those of the last header of an inode, hard links'
 * headers among them, and no `trusted.*`. The tree itself when nothing differs.
 */
export function asContainerdWrites(tree: ColumnTree): ColumnTree {
  const hasTrusted = tree.extras.some(({ xattrs }) => xattrs?.some(isTrusted));
  if (!hasTrusted && tree.secondHeaders.length === 0) return tree;
  const extras = tree.extras.map((extra) =>
    extra.xattrs ? { ...extra, xattrs: extra.xattrs.filter((xattr) => !isTrusted(xattr)) } : extra,
  );
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

/** Gives each inode what its second headers say. */
function writeHeaders(
  tree: ColumnTree & { readonly mtimeNsec: Int32Array },
  extras: Extra[],
): void {
  const rowOfEntry = new Map<number, Row>();
  const names = new Map<Row, Row[]>();
  for (let row = 1; row < tree.length; row++) {
    rowOfEntry.set(tree.entry[row]!, row);
    const inode = tree.inode[row]!;
    const known = names.get(inode);
    if (known) known.push(row);
    else names.set(inode, [row]);
  }
  for (const { entries, owner, mtime, mtimeNsec, xattrs } of tree.secondHeaders) {
    const alive = entries.find((entry) => rowOfEntry.has(entry));
    const first = alive === undefined ? undefined : rowOfEntry.get(alive);
    if (first === undefined) continue;
    const added = xattrs.filter((xattr) => !isTrusted(xattr));
    for (const row of names.get(tree.inode[first]!) ?? []) {
      if (owner) {
        tree.mode[row] = owner.mode;
        tree.uid[row] = owner.uid;
        tree.gid[row] = owner.gid;
      }
      tree.mtime[row] = mtime;
      tree.mtimeNsec[row] = mtimeNsec;
      if (owner && tree.extra[row]! >= 0)
        tree.extra[row] = extras.push(withoutCapability(tree, row)) - 1;
      if (added.length > 0) tree.extra[row] = extras.push(withXattrs(tree, row, added)) - 1;
    }
  }
}

function withoutCapability(tree: ColumnTree, row: Row): Extra {
  const extra = extraOf(tree, row);
  const { xattrs } = extra;
  return xattrs ? { ...extra, xattrs: xattrs.filter(([name]) => name !== CAPABILITY) } : extra;
}

function withXattrs(tree: ColumnTree, row: Row, added: Xattrs): Extra {
  const extra = extraOf(tree, row);
  const all = new Map([...(extra.xattrs ?? []), ...added]);
  return { ...extra, xattrs: [...all].sort(([a], [b]) => (a < b ? -1 : 1)) };
}

/** Whether a row has an extended attribute that containerd does not set. */
export function hasTrustedXattr(tree: ColumnTree, row: Row): boolean {
  return extraOf(tree, row).xattrs?.some(isTrusted) ?? false;
}

function isTrusted([name]: readonly [string, Uint8Array]): boolean {
  return name.startsWith(TRUSTED);
}
