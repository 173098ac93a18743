import type { Stat } from "./call.ts";
import type { CaseAfter, CaseRow, ConformanceCase } from "./conformance-case.ts";
import { MOUNT, OVERLAY_XATTR, type Session } from "./conformance-session.ts";
import { namesOf, octalText, textOf } from "./conformance-text.ts";

/** An mtime from here on is the recorder's own clock and is not listed. */
const CLOCK_BEGINS = 1_600_000_000;
const AUFS_OWN_NAMES: readonly string[] = [".wh..wh.aufs", ".wh..wh.plnk", ".wh..wh.orph"];
const PLINK_DIRECTORY = "/.wh..wh.plnk";
/** More than any file of a case holds. */
const WHOLE_FILE = 1 << 30;

/** The merged view first (reading it may change the first branch), then the branches as they lie. */
export function listAfter(
  session: Session,
  recorded: ConformanceCase,
  branches: readonly string[],
): CaseAfter {
  const merged = listTree(session, MOUNT, "merged");
  const how = recorded.fs;
  const [rw = "", ...others] = branches;
  const writable = recorded.branches.filter(({ perm }) => perm.startsWith("rw")).length;
  const after = { rw: listTree(session, rw, how), merged };
  if (how === "overlay" || writable < 2) return after;
  return { ...after, lower: others.map((path) => listTree(session, path, how)) };
}

function listTree(
  session: Session,
  root: string,
  how: "merged" | ConformanceCase["fs"],
): readonly CaseRow[] {
  const rows: CaseRow[] = [];
  const walk = (path: string) => {
    const at = path === "/" ? root : root + path;
    const found = session.call("lstat", { path: at });
    if (found.errno !== null) return;
    const { kind } = found.value;
    rows.push(rowOf(session, at, path, found.value, how));
    if (kind !== "dir") return;
    for (const name of namesOf(session.must("readdir", { target: at }))) {
      const child = path === "/" ? `/${name}` : `${path}/${name}`;
      if (how === "aufs" && path === "/" && AUFS_OWN_NAMES.includes(name)) {
        if (child === PLINK_DIRECTORY) rows.push(...plinkRow(session, root + child));
      } else walk(child);
    }
  };
  walk("/");
  return rows;
}

function plinkRow(session: Session, path: string): readonly CaseRow[] {
  const links = session.must("readdir", { target: path }).length;
  return links === 0 ? [] : [{ path: PLINK_DIRECTORY, type: "plink-dir", links }];
}

function rowOf(
  session: Session,
  at: string,
  path: string,
  stat: Stat,
  how: "merged" | ConformanceCase["fs"],
): CaseRow {
  const { kind, uid, gid, size, nlink, rdev } = stat;
  const mode = octalText(stat.mode);
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (how === "aufs" && kind === "file" && name.startsWith(".wh."))
    return { path, type: "file", mode, whiteout: true };
  if (how === "overlay" && kind === "char" && rdev[0] === 0 && rdev[1] === 0)
    return { path, type: "whiteout" };
  const mtime = stat.mtime.sec < CLOCK_BEGINS ? { mtime: stat.mtime.sec } : {};
  const common = { path, type: kind, uid, gid, ...mtime };
  if (kind === "symlink") return { ...common, target: session.must("readlink", { path: at }) };
  if (kind === "char" || kind === "block") return { ...common, mode, dev: rdev };
  const marks = how === "overlay" ? marksOf(session, at) : {};
  if (kind !== "file") return { ...common, mode, ...marks };
  const file = { ...common, mode, size, nlink, ...marks };
  return "metacopy" in marks ? file : { ...file, data: readAll(session, at) };
}

/** Opens and reads, as the recorder does: on aufs the reading of a pseudo-linked name makes a link. */
function readAll(session: Session, path: string): string {
  const opened = session.call("open", { path, flags: ["O_RDONLY", "O_NONBLOCK"] });
  if (opened.errno !== null) return `<${opened.errno}>`;
  const fd = opened.value;
  const data = session.call("read", { fd, length: WHOLE_FILE });
  session.must("close", { fd });
  return data.errno === null ? textOf(data.value) : `<${data.errno}>`;
}

function marksOf(
  session: Session,
  target: string,
): Pick<CaseRow, "opaque" | "redirect" | "metacopy"> {
  const xattr = (name: string): string | null => {
    const found = session.call("getxattr", { target, name: OVERLAY_XATTR + name, noFollow: true });
    return found.errno === null ? String.fromCharCode(...found.value) : null;
  };
  const redirect = xattr("redirect");
  return {
    ...(xattr("opaque") === "y" ? { opaque: true } : {}),
    ...(redirect === null ? {} : { redirect }),
    ...(xattr("metacopy") === null ? {} : { metacopy: true }),
  };
}
