import { expect, it } from "vitest";
import { contentOfLatin1 } from "../../tree/content-edit.ts";
import { plainly, type ScriptEntry, ScriptWorld } from "../scripts.ts";

const dir = (path: string, opaque = false): ScriptEntry => ({ kind: "dir", path, opaque });
const file = (path: string, data = "old"): ScriptEntry => ({ kind: "file", path, data });
const whiteout = (path: string): ScriptEntry => ({ kind: "whiteout", path });

/** An overlay at /mnt: upper first. */
function overlayOf(...branches: readonly ScriptEntry[][]): ScriptWorld {
  return overlayWith([], ...branches);
}

function overlayWith(
  options: readonly string[],
  ...branches: readonly ScriptEntry[][]
): ScriptWorld {
  const world = new ScriptWorld("overlay", branches, options);
  world.events.length = 0;
  return world;
}

function names(world: ScriptWorld, target: string): string[] {
  return world
    .must("readdir", { target })
    .map(({ name }) => name)
    .sort();
}

function text(world: ScriptWorld, path: string): unknown {
  const fd = world.must("open", { path, flags: ["O_RDONLY"] });
  const read = plainly(world.must("read", { fd, length: 100 }));
  world.must("close", { fd });
  return read;
}

function write(world: ScriptWorld, path: string, data: string): void {
  const fd = world.must("open", { path, flags: ["O_WRONLY"] });
  world.must("write", { fd, data: contentOfLatin1(data) });
  world.must("close", { fd });
}

const UPPER = "/layers/0/fs";

it("[OL2] asks the layers that have the parent, top first, and stops at a file, a whiteout or an opaque directory", () => {
  const world = overlayOf(
    [dir("/d"), whiteout("/gone")],
    [dir("/d", true), file("/d/f")],
    [dir("/d"), file("/d/f"), file("/d/below"), file("/gone")],
  );
  expect(names(world, "/mnt")).toEqual(["d"]);
  expect(names(world, "/mnt/d")).toEqual(["f"]);
  world.events.length = 0;
  world.must("lstat", { path: "/mnt/d/f" });
  const visits = world.events.filter((event) => event.type === "visit" && event.path === "/d/f");
  expect(visits.map((event) => ("outcome" in event ? event.outcome : ""))).toEqual([
    "missing",
    "found",
  ]);
  const hit = world.events.findLast((event) => event.type === "hit");
  expect(hit).toMatchObject({
    path: "/d/f",
    branches: [1],
    unasked: [{ branch: 2, reason: "no-parent" }],
  });
  expect(world.call("lstat", { path: "/mnt/gone" }).errno).toBe("ENOENT");
  expect(world.events.at(-1)).toMatchObject({ type: "miss", whiteout: 0 });
});

it("[OL3] a directory above something else ends the merge there", () => {
  const world = overlayOf([], [dir("/x")], [file("/x")], [dir("/x"), file("/x/hidden")]);
  expect(names(world, "/mnt/x")).toEqual([]);
});

it("[OL4] a directory that lies in one layer only lists its whiteouts, which cannot be opened", () => {
  const world = overlayOf([], [dir("/d"), whiteout("/d/w"), file("/d/f")]);
  expect(names(world, "/mnt/d")).toEqual(["f", "w"]);
  expect(world.call("lstat", { path: "/mnt/d/w" }).errno).toBe("ENOENT");
});

it("[OC1] opening for writing copies up; the steps come in the kernel's order", () => {
  const world = overlayOf([], [dir("/d"), file("/d/f", "0123456789")]);
  world.events.length = 0;
  const fd = world.must("open", { path: "/mnt/d/f", flags: ["O_RDWR"] });
  const steps = world.events.filter((event) => event.type.startsWith("copy-up"));
  expect(steps.map((event) => `${event.type} ${"path" in event ? event.path : ""}`)).toEqual([
    "copy-up-parent /d",
    "copy-up-begin /d",
    "copy-up-temp /d",
    "copy-up-attributes /d",
    "copy-up-rename /d",
    "copy-up-end /d",
    "copy-up-begin /d/f",
    "copy-up-temp /d/f",
    "copy-up-data /d/f",
    "copy-up-attributes /d/f",
    "copy-up-rename /d/f",
    "copy-up-end /d/f",
  ]);
  expect(steps.find((event) => event.type === "copy-up-data")).toMatchObject({
    bytes: 10,
    holes: 0,
  });
  world.must("close", { fd });
  expect(text(world, `${UPPER}/d/f`)).toBe("0123456789");
});

it("[OC2] O_TRUNC copies no data", () => {
  const world = overlayOf([], [file("/f", "0123456789")]);
  world.events.length = 0;
  world.must("open", { path: "/mnt/f", flags: ["O_WRONLY", "O_TRUNC"] });
  expect(world.events.some((event) => event.type === "copy-up-data")).toBe(false);
  expect(world.must("lstat", { path: `${UPPER}/f` }).size).toBe(0);
});

it("[OC3] parents keep their old mtime; the copy has that of the lower file", () => {
  const world = overlayOf([], [dir("/d"), file("/d/f")]);
  const { mtime } = world.must("lstat", { path: "/mnt/d" });
  world.must("chmod", { target: "/mnt/d/f", mode: 0o600 });
  expect(world.must("lstat", { path: "/mnt/d" }).mtime).toEqual(mtime);
});

it("[OC4] copy-up breaks a hard link: the other name keeps the old content", () => {
  const world = overlayOf([], [file("/a", "old")]);
  world.must("link", { from: "/layers/1/fs/a", to: "/layers/1/fs/b" });
  write(world, "/mnt/a", "new");
  expect(text(world, "/mnt/a")).toBe("new");
  expect(text(world, "/mnt/b")).toBe("old");
});

it("[OC5] a descriptor opened before copy-up reads the new data; a mapping made before it the old", () => {
  const world = overlayOf([], [file("/f", "old")]);
  const fd = world.must("open", { path: "/mnt/f", flags: ["O_RDONLY"] });
  const map = world.must("mmap", { fd, length: 3, offset: 0, write: false, shared: true });
  write(world, "/mnt/f", "new");
  expect(plainly(world.must("pread", { fd, length: 9, offset: 0 }))).toBe("new");
  expect(plainly(world.must("load", { map, offset: 0, length: 3 }))).toBe("old");
});

it("[OC6] inode numbers stay the same over copy-up and rename", () => {
  const world = overlayOf([], [file("/f")]);
  const { ino } = world.must("lstat", { path: "/mnt/f" });
  world.must("chmod", { target: "/mnt/f", mode: 0o600 });
  world.must("rename", { from: "/mnt/f", to: "/mnt/g" });
  expect(world.must("lstat", { path: "/mnt/g" }).ino).toBe(ino);
});

it("[OC7] xattrs are copied, trusted.overlay ones are hidden, and a missing one is not a reason to copy up", () => {
  const world = overlayOf([], [file("/f")]);
  const value = Uint8Array.of(1);
  world.must("setxattr", { target: "/layers/1/fs/f", name: "user.a", value });
  expect(world.call("removexattr", { target: "/mnt/f", name: "user.b" }).errno).toBe("ENODATA");
  expect(world.call("lstat", { path: `${UPPER}/f` }).errno).toBe("ENOENT");
  world.must("setxattr", { target: "/mnt/f", name: "trusted.overlay.x", value });
  expect(world.must("listxattr", { target: "/mnt/f" })).toEqual(["trusted.overlay.x", "user.a"]);
  expect(world.must("listxattr", { target: `${UPPER}/f` })).toContain("trusted.overlay.overlay.x");
});

it("[OC8] copy-up that does not fit gives ENOSPC and leaves the parents", () => {
  const world = overlayOf([], [dir("/d"), file("/d/f", "0123456789")]);
  for (const path of ["/small", "/other"]) world.must("mkdir", { path });
  world.must("mount", { source: { type: "tmpfs", size: 0, mode: 0o755 }, path: "/small" });
  for (const path of ["/small/u", "/small/w"]) world.must("mkdir", { path });
  const source = {
    type: "overlay",
    lower: ["/layers/1/fs"],
    upper: "/small/u",
    work: "/small/w",
  } as const;
  world.must("mount", { source, path: "/other" });
  const opened = world.call("open", { path: "/other/d/f", flags: ["O_RDWR"] });
  expect(opened.errno).toBe("ENOSPC");
  expect(names(world, "/small/u")).toEqual(["d"]);
  expect(names(world, "/small/u/d")).toEqual([]);
  expect(names(world, "/small/w/work")).toEqual([]);
});

it("[OC10] with metacopy=on data that comes up later sets mtime; that of an empty file does not", () => {
  const world = overlayWith(["metacopy=on"], [], [file("/f"), file("/empty", "")]);
  const mtime = (path: string) => world.must("lstat", { path }).mtime;
  const before = [mtime("/mnt/f"), mtime("/mnt/empty")];
  for (const target of ["/mnt/f", "/mnt/empty"]) world.must("chmod", { target, mode: 0o600 });
  expect([mtime("/mnt/f"), mtime("/mnt/empty")]).toEqual(before);
  for (const path of ["/mnt/f", "/mnt/empty"]) world.must("open", { path, flags: ["O_WRONLY"] });
  expect(mtime("/mnt/f").sec).toBeGreaterThan(before[0]?.sec ?? 0);
  expect(mtime("/mnt/empty")).toEqual(before[1]);
});

it("[OC11] with nfs_export=on every copy is a link of its index entry, which the union does not count", () => {
  const world = overlayWith(["nfs_export=on"], [], [file("/f")]);
  world.must("chmod", { target: "/mnt/f", mode: 0o600 });
  expect(world.must("lstat", { path: `${UPPER}/f` }).nlink).toBe(2);
  expect(world.must("lstat", { path: "/mnt/f" }).nlink).toBe(1);
});

it("[OW1] removing what is only below leaves a whiteout; all of a mount are links of one", () => {
  const world = overlayOf([], [file("/a"), file("/b")]);
  world.must("unlink", { path: "/mnt/a" });
  world.must("unlink", { path: "/mnt/b" });
  expect(names(world, "/mnt")).toEqual([]);
  const made = world.events.filter((event) => event.type === "whiteout-made");
  expect(made.map((event) => "linked" in event && event.linked)).toEqual([false, true]);
  expect(world.must("lstat", { path: `${UPPER}/a` })).toMatchObject({ kind: "char", nlink: 3 });
});

it("[OW2] removing what is only in the upper layer leaves nothing", () => {
  const world = overlayOf([file("/f")], []);
  world.must("unlink", { path: "/mnt/f" });
  expect(names(world, UPPER)).toEqual([]);
});

it("[OW3] rmdir of a directory whose names are all whiteouts makes one whiteout of it", () => {
  const world = overlayOf([], [dir("/d"), file("/d/f")]);
  expect(world.call("rmdir", { path: "/mnt/d" }).errno).toBe("ENOTEMPTY");
  world.must("unlink", { path: "/mnt/d/f" });
  world.must("rmdir", { path: "/mnt/d" });
  expect(world.must("lstat", { path: `${UPPER}/d` }).kind).toBe("char");
});

it("[OW4] mkdir over a whiteout is opaque; a file there just replaces it", () => {
  const world = overlayOf([], [dir("/d"), file("/d/f"), file("/g")]);
  world.must("unlink", { path: "/mnt/d/f" });
  world.must("rmdir", { path: "/mnt/d" });
  world.must("mkdir", { path: "/mnt/d", mode: 0o755 });
  expect(names(world, "/mnt/d")).toEqual([]);
  const name = "trusted.overlay.opaque";
  expect(world.must("getxattr", { target: `${UPPER}/d`, name })).toEqual(Uint8Array.of(0x79));
  world.must("unlink", { path: "/mnt/g" });
  world.must("symlink", { target: "x", path: "/mnt/g" });
  expect(world.must("lstat", { path: `${UPPER}/g` }).kind).toBe("symlink");
});

it("[OW5] a character device 0:0 cannot be made in the union", () => {
  const world = overlayOf([], []);
  const made = world.call("mknod", { path: "/mnt/c", kind: "char", mode: 0o600, rdev: [0, 0] });
  expect(made.errno).toBe("EPERM");
});

it.each(["redirect_dir=on", "index=on", "metacopy=on", "xino=on"])(
  "[OW6] with %s mkdir in a merged directory makes it opaque at once",
  (option) => {
    const isOpaque = (world: ScriptWorld) => {
      world.must("mkdir", { path: "/mnt/new" });
      const name = "trusted.overlay.opaque";
      return world.call("getxattr", { target: `${UPPER}/new`, name }).errno === null;
    };
    expect(isOpaque(overlayWith([option], [], []))).toBe(true);
    expect(isOpaque(overlayOf([], []))).toBe(false);
  },
);

it("[ON1] a file is copied up and leaves a whiteout; a directory with a part below gives EXDEV", () => {
  const world = overlayOf([dir("/new")], [file("/f"), dir("/d")]);
  world.must("rename", { from: "/mnt/f", to: "/mnt/new/f" });
  expect(world.must("lstat", { path: `${UPPER}/f` }).kind).toBe("char");
  expect(world.call("rename", { from: "/mnt/d", to: "/mnt/e" }).errno).toBe("EXDEV");
  world.must("rename", { from: "/mnt/new", to: "/mnt/d2" });
  expect(names(world, "/mnt")).toEqual(["d", "d2"]);
});

it("[ON2] RENAME_EXCHANGE copies both up, RENAME_NOREPLACE gives EEXIST", () => {
  const world = overlayOf([], [file("/a", "1"), file("/b", "2")]);
  expect(world.call("rename", { from: "/mnt/a", to: "/mnt/b", noReplace: true }).errno).toBe(
    "EEXIST",
  );
  world.must("rename", { from: "/mnt/a", to: "/mnt/b", exchange: true });
  expect([text(world, "/mnt/a"), text(world, "/mnt/b")]).toEqual(["2", "1"]);
  expect(names(world, UPPER)).toEqual(["a", "b"]);
});

it("[ON3] with redirect_dir=on a lower directory moves and says where it came from", () => {
  const world = overlayWith(["redirect_dir=on"], [], [dir("/d"), file("/d/f")]);
  world.must("rename", { from: "/mnt/d", to: "/mnt/e" });
  expect(text(world, "/mnt/e/f")).toBe("old");
  const name = "trusted.overlay.redirect";
  expect(world.must("getxattr", { target: `${UPPER}/e`, name })).toEqual(Uint8Array.of(0x64));
  expect(world.must("lstat", { path: `${UPPER}/d` }).kind).toBe("char");
});

it("[OM1] without an upper layer everything is read-only; upper and work must be apart on one file system", () => {
  const world = overlayOf([], [file("/f")]);
  for (const path of ["/m", "/x"]) world.must("mkdir", { path });
  world.must("mount", { source: { type: "overlay", lower: ["/layers/1/fs"] }, path: "/m" });
  expect(world.call("unlink", { path: "/m/f" }).errno).toBe("EROFS");
  expect(world.call("open", { path: "/m/f", flags: ["O_WRONLY"] }).errno).toBe("EROFS");
  const lower = ["/layers/1/fs"];
  const bad = { type: "overlay", lower, upper: "/x", work: "/layers/0/work" } as const;
  expect(world.call("mount", { source: bad, path: "/m" }).errno).toBe("EINVAL");
});

it.each([
  ["redirect_dir=nofollow", "metacopy=on"],
  ["nfs_export=on", "index=off"],
  ["nfs_export=on", "metacopy=on"],
  ["userxattr", "metacopy=on"],
  ["userxattr", "redirect_dir=on"],
  ["index=maybe"],
  ["unheard_of"],
])("[OM3] options that contradict each other give EINVAL: %s %s", (...options: string[]) => {
  const world = overlayOf([], []);
  world.must("mkdir", { path: "/m" });
  const source = { type: "overlay", lower: ["/layers/1/fs"], options } as const;
  expect(world.call("mount", { source, path: "/m" }).errno).toBe("EINVAL");
});

it("[OM2] statfs names overlay and has the upper layer's numbers", () => {
  const world = overlayOf([], []);
  expect(world.must("statfs", { path: "/mnt" })).toMatchObject({
    type: "overlay",
    magic: 0x794c7630,
    nameLength: 255,
  });
});
