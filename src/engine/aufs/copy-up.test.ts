import { describe, expect, it } from "vitest";
import { contentOfLatin1 } from "../../tree/content-edit.ts";
import type { Fd } from "../call.ts";
import { DrawnUnion } from "./drawn-union.ts";

const write = (union: DrawnUnion, fd: Fd, text: string) =>
  union.try("write", { fd, data: contentOfLatin1(text) });
const inode = (union: DrawnUnion, path: string) => union.call("stat", { path }).value?.ino;
const copied = (union: DrawnUnion) => union.trace("copy-up-data");

describe("aufs copy-up", () => {
  it("[C-01] opening for writing copies nothing", () => {
    const union = new DrawnUnion("rw \n ro+wh f=abc");
    const fd = union.open("f", "O_RDWR");
    union.call("read", { fd, length: 10 });
    union.call("close", { fd });
    expect(union.disk(0)).toBe("");
  });

  it("[C-02] the first write copies the parents, then the whole file, in the kernel's order", () => {
    const union = new DrawnUnion("rw \n ro+wh etc/app/:0710 etc/app/c.conf=v=1@7:0640");
    const fd = union.open("etc/app/c.conf", "O_WRONLY", "O_APPEND");
    write(union, fd, "x");
    expect(union.trace()).toEqual([
      "copy-up-parent /etc",
      "copy-up-begin /etc",
      "mkdir /.wh..wh.etc.0000",
      "copy-up-temp /etc",
      "copy-up-attributes /etc",
      "rename /.wh..wh.etc.0000 /etc",
      "copy-up-rename /etc",
      "copy-up-end /etc",
      "copy-up-parent /etc/app",
      "copy-up-begin /etc/app",
      "mkdir /etc/.wh..wh.app.0001",
      "copy-up-temp /etc/app",
      "copy-up-attributes /etc/app",
      "rename /etc/.wh..wh.app.0001 /etc/app",
      "copy-up-rename /etc/app",
      "copy-up-end /etc/app",
      "copy-up-begin /etc/app/c.conf",
      "create /etc/app/.wh..wh.c.conf.0002",
      "copy-up-temp /etc/app/c.conf",
      "write /etc/app/.wh..wh.c.conf.0002",
      "copy-up-data 3",
      "copy-up-attributes /etc/app/c.conf",
      "rename /etc/app/.wh..wh.c.conf.0002 /etc/app/c.conf",
      "copy-up-rename /etc/app/c.conf",
      "copy-up-end /etc/app/c.conf",
      "descriptor-reopened /etc/app/c.conf",
      "write /etc/app/c.conf",
    ]);
    expect(union.disk(0)).toBe("etc/ etc/app/ etc/app/c.conf=v=1x");
    expect(union.must("stat", { path: "/branch/0/etc/app" })).toMatchObject({ mode: 0o710 });
    expect(union.must("stat", { path: "/branch/0/etc/app/c.conf" })).toMatchObject({
      mode: 0o640,
      uid: 7,
    });
  });

  it("[C-03] O_TRUNC copies no data, and leaves the old mtime", () => {
    const union = new DrawnUnion("rw \n ro+wh f=abcdef:0600");
    union.open("f", "O_WRONLY", "O_TRUNC");
    expect(copied(union)).toEqual(["copy-up-data 0"]);
    expect(union.disk(0)).toBe("f=");
    expect(union.must("stat", { path: "/branch/0/f" })).toMatchObject({
      mode: 0o600,
      mtime: { sec: 1_000_000_000 },
    });
  });

  it("[C-04] truncation copies what stays, growing copies all", () => {
    const union = new DrawnUnion("rw \n ro+wh f=abcdef g=0123456789");
    union.call("truncate", { path: "f", length: 4 });
    expect(copied(union)).toEqual(["copy-up-data 4"]);
    const fd = union.open("g", "O_RDWR");
    union.call("ftruncate", { fd, length: 12 });
    expect(copied(union)).toEqual(["copy-up-data 10"]);
    expect(union.call("fstat", { fd }).value).toMatchObject({ size: 12 });
  });

  it("[C-05] chmod copies the data", () => {
    const union = new DrawnUnion("rw \n ro+wh big=0123456789");
    union.call("chmod", { target: "big", mode: 0o600 });
    expect(copied(union)).toEqual(["copy-up-data 10"]);
    expect(union.events.find(({ type }) => type === "copy-up-begin")).toMatchObject({
      reason: "chmod",
      from: 1,
      to: 0,
      bytes: 10,
    });
    expect(union.disk(0)).toBe("big=0123456789");
  });

  it("[C-06] fsync copies what is open for writing, and nothing else", () => {
    const union = new DrawnUnion("rw \n ro+wh f=abc g=abc");
    union.call("fsync", { fd: union.open("g", "O_RDONLY") });
    expect(union.disk(0)).toBe("");
    union.call("fsync", { fd: union.open("f", "O_RDWR") });
    expect(union.disk(0)).toBe("f=abc");
  });

  it("[C-07] a shared mapping of what is open for writing copies; a private one does not", () => {
    const union = new DrawnUnion("rw \n ro+wh f=abc");
    const fd = union.open("f", "O_RDWR");
    const map = { fd, offset: 0, length: 3, write: true };
    union.call("mmap", { ...map, shared: false });
    expect(union.disk(0)).toBe("");
    union.call("mmap", { ...map, shared: true });
    expect(union.disk(0)).toBe("f=abc");
  });

  it("[C-08] setxattr, chown and utimens copy; looking does not", () => {
    const union = new DrawnUnion("rw \n ro+wh a=1 b=2 c=3 l->a");
    union.call("stat", { path: "a" });
    union.call("access", { path: "a", read: true });
    union.call("getxattr", { target: "a", name: "user.k" });
    union.call("readlink", { path: "l" });
    expect(union.disk(0)).toBe("");
    union.call("setxattr", { target: "a", name: "user.k", value: Uint8Array.of(1) });
    union.call("chown", { target: "b", uid: -1, gid: -1 });
    union.call("utimens", { target: "c", mtime: { sec: 5, nsec: 0 } });
    union.call("chown", { target: "l", uid: 3, gid: 3, noFollow: true });
    expect(union.disk(0)).toBe("a=1 b=2 c=3 l->a");
  });

  it("[C-09] a pseudo-link keeps hard links one file; reading the other name makes it a real link", () => {
    const union = new DrawnUnion("rw \n ro+wh a=12 b==/a");
    union.write("a", "FOO\n", "O_APPEND");
    expect(union.disk(0)).toBe("a=12FOO\n");
    expect(union.plinks(0)).toBe(1);
    expect(union.call("stat", { path: "b" }).value).toMatchObject({ size: 6, nlink: 2 });
    expect(inode(union, "a")).toBe(inode(union, "b"));
    expect(union.disk(0)).toBe("a=12FOO\n");
    const fd = union.open("b", "O_RDONLY");
    union.call("read", { fd, length: 10 });
    expect(union.trace("plink-linked", "copy-up-data")).toEqual(["plink-linked /b"]);
    expect(union.disk(0)).toBe("a=12FOO\n b=12FOO\n");
    expect(union.must("stat", { path: "/branch/0/a" })).toMatchObject({ nlink: 3 });
  });

  it("[C-10] with noplink the other name keeps the old data", () => {
    const union = new DrawnUnion("rw \n ro+wh a=12 b==/a", ["noplink"]);
    union.write("a", "FOO\n", "O_APPEND");
    expect(union.read("b")).toBe("12");
    expect(inode(union, "a")).toBe(inode(union, "b"));
    expect(union.disk(0)).toBe("a=12FOO\n");
  });

  it("[C-11] holes of the source are not copied", () => {
    const union = new DrawnUnion("rw \n ro+wh f=");
    union.must("truncate", { path: "/branch/1/f", length: 61_440 });
    const lower = union.must("open", { path: "/branch/1/f", flags: ["O_WRONLY", "O_APPEND"] });
    union.must("write", { fd: lower, data: contentOfLatin1("y".repeat(4096)) });
    write(union, union.open("f", "O_WRONLY"), "x");
    expect(union.events.find(({ type }) => type === "copy-up-data")).toMatchObject({
      bytes: 4096,
      holes: 61_440,
    });
  });

  it("[C-12] a descriptor for reading follows the file up", () => {
    const union = new DrawnUnion("rw \n ro+wh f=old");
    const reader = union.open("f", "O_RDONLY");
    const before = union.call("fstat", { fd: reader }).value?.ino;
    const writer = union.open("f", "O_WRONLY");
    union.call("pwrite", { fd: writer, data: contentOfLatin1("new"), offset: 0 });
    union.call("pread", { fd: reader, length: 5, offset: 0 });
    expect(union.trace()).toContain("descriptor-reopened /f");
    expect(union.call("pread", { fd: reader, length: 5, offset: 0 }).value).toEqual(
      contentOfLatin1("new"),
    );
    expect(union.call("fstat", { fd: reader }).value?.ino).toBe(before);
  });

  it("[C-13] a write after unlink copies to a nameless file", () => {
    const union = new DrawnUnion("rw \n ro+wh f=old");
    const fd = union.open("f", "O_RDWR");
    union.call("unlink", { path: "f" });
    write(union, fd, "NEW");
    expect(union.trace("copy-up-temp", "copy-up-data", "branch-write")).toEqual([
      "create /.wh..wh.f.0000",
      "copy-up-temp /f",
      "write /.wh..wh.f.0000",
      "copy-up-data 3",
      "unlink /.wh..wh.f.0000",
      "write /f",
    ]);
    expect(union.call("pread", { fd, length: 5, offset: 0 }).value).toEqual(contentOfLatin1("NEW"));
    expect(union.read("f")).toBe("ENOENT");
    expect(union.disk(0)).toBe("f!");
  });

  it("[C-14] the same when the directory is gone as well: the temporary lies with the orphans", () => {
    const union = new DrawnUnion("rw \n ro+wh d/f=old");
    const fd = union.open("d/f", "O_RDWR");
    union.call("unlink", { path: "d/f" });
    union.call("rmdir", { path: "d" });
    write(union, fd, "x");
    expect(union.events.find(({ type }) => type === "copy-up-temp")).toMatchObject({
      directory: "/.wh..wh.orph",
    });
    expect(union.disk(0)).toBe("d!");
    expect(union.must("readdir", { target: "/branch/0/.wh..wh.orph" })).toEqual([]);
  });

  it("[C-15] the inode number stays over copy-up and rename", () => {
    const union = new DrawnUnion("rw \n ro+wh f=old");
    const before = inode(union, "f");
    union.write("f", "x");
    expect(inode(union, "f")).toBe(before);
    union.call("rename", { from: "f", to: "g" });
    expect(inode(union, "g")).toBe(before);
  });

  it("[C-20] a branch with coo_reg has a regular file copied up by any open, the others by none", () => {
    const union = new DrawnUnion("rw \n ro+coo_reg f=old \n ro+wh g=old");
    union.call("open", { path: "f", flags: ["O_RDONLY"] });
    union.call("open", { path: "g", flags: ["O_RDONLY"] });
    expect(union.disk(0)).toBe("f=old");
    expect(union.disk(1)).toBe("f=old");
  });

  it("[C-23] a branch with moo has a regular file moved up by any open; other names of it stay", () => {
    const union = new DrawnUnion("rw \n rw+moo d/f=old g=1 \n ro+wh d/f=older");
    union.must("link", { from: "/branch/1/g", to: "/branch/1/h" });
    for (const path of ["d/f", "g"]) {
      const fd = union.open(path, "O_RDONLY");
      union.call("close", { fd });
    }
    expect(union.disk(0)).toContain("d/f=old");
    expect(union.disk(1)).not.toContain("f=");
    expect(union.disk(1)).toContain("h=1");
    expect(union.disk(2)).toContain("d/f=older");
    expect([union.read("d/f"), union.read("g"), union.read("h")]).toEqual(["old", "1", "1"]);
    union.call("unlink", { path: "d/f" });
    expect(union.list("d")).toBe("");
  });

  it("[C-23] the top branch has nothing above it to move a file to", () => {
    const union = new DrawnUnion("rw+moo f=1 \n rw g=2");
    expect(union.read("f")).toBe("1");
    expect(union.disk(0)).toBe("f=1");
  });

  it("[C-16] a copy that fails leaves nothing but the parents", () => {
    const union = new DrawnUnion("rw \n ro+wh small/keep=1");
    union.must("mount", { source: { type: "tmpfs", size: 8192 }, path: "/branch/0" });
    const big = union.must("open", { path: "/branch/1/big", flags: ["O_WRONLY", "O_CREAT"] });
    union.must("write", {
      fd: big,
      data: [{ type: "bytes", bytes: new Uint8Array(20_000).fill(1) }],
    });
    union.must("close", { fd: big });
    const branches = [
      { path: "/branch/0", permission: "rw" },
      { path: "/branch/1", permission: "ro+wh" },
    ] as const;
    union.must("mount", { source: { type: "aufs", branches }, path: "/mnt" });
    expect(union.try("chmod", { target: "big", mode: 0o600 })).toBe("ENOSPC");
    expect(union.trace()).toContain("copy-up-failed /big");
    expect(union.disk(0)).toBe("");
    expect(union.call("stat", { path: "big" }).value).toMatchObject({ size: 20_000 });
  });

  it("[C-17] chmod of a merged directory copies that directory alone, not opaque", () => {
    const union = new DrawnUnion("rw \n ro+wh d/a=1 d/s/b=2");
    union.call("chmod", { target: "d", mode: 0o700 });
    expect(union.disk(0)).toBe("d/");
    expect(union.list("d").split(" ").sort()).toEqual(["a", "s"]);
  });

  it("[C-18] writing to a device copies nothing", () => {
    const union = new DrawnUnion("rw \n ro+wh");
    union.must("mknod", { path: "/branch/1/null", kind: "char", mode: 0o666, rdev: [1, 3] });
    const fd = union.open("null", "O_WRONLY");
    expect(write(union, fd, "gone")).toBe(4);
    expect(union.disk(0)).toBe("");
  });

  it("[C-19] where the copy goes: tdp, bup and bu", () => {
    const where = (drawing: string, policy: string) => {
      const union = new DrawnUnion(drawing, ["dirperm1", `cpup=${policy}`]);
      union.call("chmod", { target: "d/f", mode: 0o600 });
      return [0, 1].filter((branch) => union.disk(branch).includes("d/f="));
    };
    const both = "rw d/ \n rw d/ \n ro+wh d/f=1";
    expect(["tdp", "bup", "bu"].map((policy) => where(both, policy))).toEqual([[0], [1], [1]]);
    const first = "rw d/ \n rw \n ro+wh d/f=1";
    expect(["tdp", "bup", "bu"].map((policy) => where(first, policy))).toEqual([[0], [0], [1]]);
    expect(where("rw \n rw d/ \n ro+wh d/f=1", "tdp")).toEqual([1]);
  });

  it("[C-21] removexattr leaves the attribute with an empty value", () => {
    const union = new DrawnUnion("rw f=1");
    union.call("setxattr", { target: "f", name: "user.k", value: Uint8Array.of(1, 2) });
    expect(union.try("removexattr", { target: "f", name: "user.k" })).toBe(null);
    expect(union.try("listxattr", { target: "f" })).toEqual(["user.k"]);
    expect(union.try("getxattr", { target: "f", name: "user.k" })).toEqual(new Uint8Array(0));
  });

  it("[C-22] fstat is ESTALE when a file was renamed over the lower one that is open; reading goes on", () => {
    const union = new DrawnUnion("rw \n ro+wh a=new b=old");
    const fd = union.open("b", "O_RDONLY");
    union.call("rename", { from: "a", to: "b" });
    expect(union.try("fstat", { fd })).toBe("ESTALE");
    expect(union.try("read", { fd, length: 9 })).toEqual(contentOfLatin1("old"));
  });
});
