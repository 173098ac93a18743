import { describe, expect, it } from "vitest";
import { contentOfLatin1 } from "../tree/content-edit.ts";
import type { Call, Caller, CallType, Credentials, Result, SystemCalls } from "./call.ts";
import type { EngineEvent } from "./event.ts";
import { createMachine, type Machine } from "./machine.ts";
import { plainly } from "./scripts.ts";
import { stateHash } from "./state-hash.ts";
import { step } from "./step.ts";

const USER: Credentials = { uid: 1000, gid: 1000, groups: [] };

/** A machine whose calls give an errno or a plain value. */
class Host {
  machine: Machine = createMachine({ sec: 1000, nsec: 0 });
  events: readonly EngineEvent[] = [];
  pid = 1;
  #sec = 2000;

  call<K extends CallType>(type: K, args: SystemCalls[K]["args"], as?: Credentials): Result<K> {
    const caller: Caller = {
      pid: this.pid,
      time: { sec: this.#sec++, nsec: 0 },
      ...(as === undefined ? {} : { as }),
    };
    const call: Call<K> = { type, ...args, ...caller };
    const done = step(this.machine, call);
    this.machine = done.machine;
    this.events = done.events;
    return done;
  }

  try<K extends CallType>(type: K, args: SystemCalls[K]["args"], as?: Credentials): unknown {
    const { errno, value } = this.call(type, args, as);
    return errno ?? plainly(value);
  }

  must<K extends CallType>(type: K, args: SystemCalls[K]["args"]): SystemCalls[K]["value"] {
    const { errno, value } = this.call(type, args);
    if (errno !== null) throw new Error(`${type} ${JSON.stringify(args)}: ${errno}`);
    return value;
  }

  file(path: string, text: string, mode = 0o644): void {
    const fd = this.must("open", { path, flags: ["O_WRONLY", "O_CREAT"], mode });
    this.must("write", { fd, data: contentOfLatin1(text) });
    this.must("close", { fd });
  }

  text(path: string): unknown {
    const fd = this.must("open", { path, flags: ["O_RDONLY"] });
    const text = plainly(this.must("read", { fd, length: 1 << 16 }));
    this.must("close", { fd });
    return text;
  }
}

describe("walking", () => {
  it("[V1] follows symlinks up to 40 deep and then gives ELOOP", () => {
    const host = new Host();
    host.must("symlink", { target: "loop", path: "/loop" });
    expect(host.try("stat", { path: "/loop" })).toBe("ELOOP");
    host.file("/end", "x");
    for (let i = 0; i < 41; i++)
      host.must("symlink", { target: i === 0 ? "/end" : `s${i - 1}`, path: `/s${i}` });
    expect(host.call("stat", { path: "/s39" }).errno).toBe(null);
    expect(host.call("stat", { path: "/s40" }).errno).toBe("ELOOP");
  });

  it("[V2] takes names of 255 bytes and paths of 4095, and no longer ones", () => {
    const host = new Host();
    expect(host.try("mkdir", { path: `/${"n".repeat(255)}` })).toBe(null);
    expect(host.try("mkdir", { path: `/${"n".repeat(256)}` })).toBe("ENAMETOOLONG");
    expect(host.try("mkdir", { path: `/${"ü".repeat(128)}` })).toBe("ENAMETOOLONG");
    expect(host.try("stat", { path: `/${"a/".repeat(2050)}` })).toBe("ENAMETOOLONG");
  });

  it("[V3] needs search permission in every directory, and a slash at the end needs a directory", () => {
    const host = new Host();
    host.must("mkdir", { path: "/d", mode: 0o700 });
    host.file("/d/f", "x");
    expect(host.try("stat", { path: "/d/f" }, USER)).toBe("EACCES");
    expect(host.events.at(-1)).toMatchObject({ type: "permission", rule: "other", granted: false });
    expect(host.try("stat", { path: "/d/f/" })).toBe("ENOTDIR");
    expect(host.try("stat", { path: "/d/f/x" })).toBe("ENOTDIR");
    expect(host.try("stat", { path: "" })).toBe("ENOENT");
  });

  it("[V4] '..' stays inside the process's root", () => {
    const host = new Host();
    host.must("mkdir", { path: "/jail" });
    host.must("mkdir", { path: "/jail/in" });
    const child = host.must("fork", {});
    host.pid = child;
    host.must("chroot", { path: "/jail" });
    host.must("chdir", { target: "/in" });
    expect(host.try("getcwd", {})).toBe("/in");
    host.must("chdir", { target: "../../.." });
    expect(host.try("getcwd", {})).toBe("/");
    expect(host.try("readdir", { target: "/" })).toEqual(["in"]);
  });
});

describe("walking from an open directory", () => {
  const aufs = () => {
    const host = new Host();
    for (const path of ["/rw", "/ro", "/ro/a", "/ro/a/b", "/ro/a/b/c", "/mnt"])
      host.must("mkdir", { path });
    host.file("/ro/a/b/c/f", "x");
    const branches = [
      { path: "/rw", permission: "rw" },
      { path: "/ro", permission: "ro+wh" },
    ] as const;
    host.must("mount", { source: { type: "aufs", branches }, path: "/mnt" });
    return host;
  };
  const asked = (host: Host) =>
    host.events.flatMap((event) =>
      event.type === "visit" ? [`${event.branch} ${event.path}`] : [],
    );

  it("[V23] looks up nothing but what the path names, and an absolute path begins at the root", () => {
    const host = aufs();
    const at = host.must("open", { path: "/mnt/a/b", flags: ["O_DIRECTORY"] });
    host.must("lstat", { path: "c", at });
    expect(asked(host)).toEqual(["1 /a/b/c"]);
    host.must("lstat", { path: "c/../c", at });
    expect(asked(host)).toEqual(["1 /a/b/c"]);
    host.must("lstat", { path: "/mnt/a", at });
    expect(asked(host)).toEqual(["0 /a", "1 /a"]);
    host.must("mkdir", { path: "new", at, mode: 0o755 });
    host.must("symlink", { target: "x", path: "new/l", at });
    expect(host.try("readlink", { path: "new/l", at })).toBe("x");
    host.must("link", { from: "c/f", fromAt: at, to: "new/f", toAt: at });
    host.must("chmod", { target: "new/f", at, mode: 0o600 });
    expect(host.try("readdir", { target: "/mnt/a/b/new" })).toEqual(["f", "l"]);
    host.must("unlink", { path: "new/f", at });
    host.must("unlink", { path: "new/l", at });
    host.must("rmdir", { path: "new", at });
    expect(host.try("readdir", { target: "/mnt/a/b" })).toEqual(["c"]);
  });

  it("[V23] goes with the directory where that is moved, and ends with it", () => {
    const host = new Host();
    for (const path of ["/low", "/up", "/work", "/mnt"]) host.must("mkdir", { path });
    host.must("mount", {
      source: { type: "overlay", lower: ["/low"], upper: "/up", work: "/work" },
      path: "/mnt",
    });
    for (const path of ["/mnt/d", "/mnt/d/e", "/mnt/other"]) host.must("mkdir", { path });
    const at = host.must("open", { path: "/mnt/d/e", flags: [] });
    host.must("rename", { from: "/mnt/d", to: "/mnt/moved" });
    expect(host.try("stat", { path: "f", at })).toBe("ENOENT");
    expect(asked(host)).toEqual(["0 /moved/e/f"]);
    host.must("rename", { from: "/mnt/moved", to: "/mnt/other", exchange: true });
    expect(host.try("stat", { path: "f", at })).toBe("ENOENT");
    expect(asked(host)).toEqual(["0 /other/e/f"]);
    expect(host.try("stat", { path: "../../moved", at })).not.toBe("ENOENT");
    host.must("rmdir", { path: "/mnt/other/e" });
    expect(host.try("mkdir", { path: "f", at })).toBe("ENOENT");
  });

  it("[V23] takes directories only, asks to search them, and knows no longest path", () => {
    const host = new Host();
    host.must("mkdir", { path: "/d", mode: 0o711 });
    host.file("/f", "x");
    const file = host.must("open", { path: "/f", flags: [] });
    expect(host.try("stat", { path: "x", at: file })).toBe("ENOTDIR");
    expect(host.try("stat", { path: "/f", at: file })).not.toBe("ENOTDIR");
    expect(host.try("stat", { path: "x", at: 99 })).toBe("EBADF");
    const top = host.must("open", { path: "/d", flags: ["O_PATH"] });
    let at = top;
    const name = "d".repeat(255);
    for (let depth = 0; depth < 20; depth++) {
      host.must("mkdir", { path: name, at });
      const below = host.must("open", { path: name, at, flags: ["O_DIRECTORY"] });
      if (at !== top) host.must("close", { fd: at });
      at = below;
    }
    host.must("chmod", { target: "/d", mode: 0o700 });
    expect(host.try("stat", { path: "d", at: top }, USER)).toBe("EACCES");
    expect(host.try("stat", { path: "d", at }, USER)).toBe("ENOENT");
  });
});

describe("permissions", () => {
  it("[V5] a sticky directory lets only owners remove and rename", () => {
    const host = new Host();
    host.must("mkdir", { path: "/tmp" });
    host.must("chmod", { target: "/tmp", mode: 0o1777 });
    host.file("/tmp/root", "x");
    expect(host.try("unlink", { path: "/tmp/root" }, USER)).toBe("EPERM");
    expect(host.try("rename", { from: "/tmp/root", to: "/tmp/mine" }, USER)).toBe("EPERM");
    expect(host.try("mkdir", { path: "/tmp/own" }, USER)).toBe(null);
    expect(host.try("rmdir", { path: "/tmp/own" }, USER)).toBe(null);
  });

  it("[V6] a setgid directory gives its group to what is made in it, and its bit to directories", () => {
    const host = new Host();
    host.must("mkdir", { path: "/g" });
    host.must("chown", { target: "/g", uid: 0, gid: 7 });
    host.must("chmod", { target: "/g", mode: 0o2777 });
    host.must("mkdir", { path: "/g/d", mode: 0o755 });
    host.file("/g/f", "");
    expect(host.must("stat", { path: "/g/d" })).toMatchObject({ gid: 7, mode: 0o2755 });
    expect(host.must("stat", { path: "/g/f" })).toMatchObject({ gid: 7, mode: 0o644 });
  });

  it("[V7] writing, truncating and chown by anyone but root take setuid away; chown by root too", () => {
    const host = new Host();
    host.file("/s", "abc");
    host.must("chmod", { target: "/s", mode: 0o4777 });
    expect(host.try("truncate", { path: "/s", length: 1 }, USER)).toBe(null);
    expect(host.must("stat", { path: "/s" })).toMatchObject({ mode: 0o777, size: 1 });
    host.must("chmod", { target: "/s", mode: 0o4777 });
    host.must("chown", { target: "/s", uid: -1, gid: -1 });
    expect(host.must("stat", { path: "/s" })).toMatchObject({ mode: 0o777 });
  });

  it("[V8] protected_hardlinks: others link only what they may read and write", () => {
    const host = new Host();
    host.must("chmod", { target: "/", mode: 0o777 });
    host.file("/f", "x");
    expect(host.try("link", { from: "/f", to: "/g" }, USER)).toBe("EPERM");
    host.must("chmod", { target: "/f", mode: 0o666 });
    expect(host.try("link", { from: "/f", to: "/g" }, USER)).toBe(null);
    host.must("chmod", { target: "/f", mode: 0o4666 });
    expect(host.try("link", { from: "/f", to: "/h" }, USER)).toBe("EPERM");
  });

  it("[V9] extended attributes: trusted for root, user on files and directories, others refused", () => {
    const host = new Host();
    host.file("/f", "");
    const value = Uint8Array.of(1, 2);
    expect(host.try("setxattr", { target: "/f", name: "user.a", value })).toBe(null);
    expect(host.must("getxattr", { target: "/f", name: "user.a" })).toEqual(value);
    expect(host.try("setxattr", { target: "/f", name: "user.a", value, create: true })).toBe(
      "EEXIST",
    );
    expect(host.try("setxattr", { target: "/f", name: "user.b", value, replace: true })).toBe(
      "ENODATA",
    );
    expect(host.try("setxattr", { target: "/f", name: "trusted.a", value }, USER)).toBe("EPERM");
    expect(host.try("getxattr", { target: "/f", name: "trusted.a" }, USER)).toBe("ENODATA");
    expect(host.try("setxattr", { target: "/f", name: "nonsense", value })).toBe("EOPNOTSUPP");
    host.must("symlink", { target: "f", path: "/l" });
    expect(host.try("setxattr", { target: "/l", name: "user.a", value, noFollow: true })).toBe(
      "EPERM",
    );
  });
});

describe("descriptors", () => {
  it("[V10] O_APPEND writes at the end, pread and pwrite leave the offset, a hole reads as zeros", () => {
    const host = new Host();
    host.file("/f", "abc");
    const fd = host.must("open", { path: "/f", flags: ["O_RDWR", "O_APPEND"] });
    host.must("write", { fd, data: contentOfLatin1("d") });
    host.must("pwrite", { fd, data: contentOfLatin1("e"), offset: 0 });
    expect(host.text("/f")).toBe("abcde");
    host.must("lseek", { fd, offset: 1, whence: "SEEK_SET" });
    host.must("write", { fd, data: [] });
    expect(host.must("lseek", { fd, offset: 0, whence: "SEEK_CUR" })).toBe(1);
    const other = host.must("open", { path: "/f", flags: ["O_RDWR"] });
    host.must("pwrite", { fd: other, data: contentOfLatin1("z"), offset: 8 });
    expect(plainly(host.must("read", { fd: other, length: 20 }))).toBe("abcde\0\0\0z");
    host.must("pwrite", { fd: other, data: contentOfLatin1("y"), offset: 10_000 });
    expect(host.must("lseek", { fd: other, offset: 0, whence: "SEEK_HOLE" })).toBe(4096);
    expect(host.must("lseek", { fd: other, offset: 5000, whence: "SEEK_DATA" })).toBe(8192);
  });

  it("[V11] a file without a name lives as long as a descriptor or mapping holds it, then its inode goes", () => {
    const host = new Host();
    const before = host.machine.fileSystems;
    host.file("/f", "abc");
    const fd = host.must("open", { path: "/f", flags: ["O_RDWR"] });
    const map = host.must("mmap", { fd, length: 3, offset: 0, write: true, shared: true });
    host.must("unlink", { path: "/f" });
    host.must("close", { fd });
    host.must("store", { map, offset: 1, data: contentOfLatin1("X") });
    expect(plainly(host.must("load", { map, offset: 0, length: 3 }))).toBe("aXc");
    host.must("munmap", { map });
    expect(host.call("load", { map, offset: 0, length: 1 }).errno).toBe("EINVAL");
    expect(before).not.toBe(host.machine.fileSystems);
    expect(host.must("statfs", { path: "/" }).type).toBe("tmpfs");
  });

  it("[V12] dup and fork share an offset; close frees the lowest number", () => {
    const host = new Host();
    host.file("/f", "abcdef");
    const fd = host.must("open", { path: "/f", flags: ["O_RDONLY"] });
    const copy = host.must("dup", { fd });
    host.must("read", { fd, length: 2 });
    expect(plainly(host.must("read", { fd: copy, length: 2 }))).toBe("cd");
    const child = host.must("fork", {});
    host.pid = child;
    expect(plainly(host.must("read", { fd, length: 2 }))).toBe("ef");
    host.must("exit", {});
    host.pid = 1;
    host.must("close", { fd });
    expect(host.must("open", { path: "/f", flags: ["O_RDONLY"] })).toBe(fd);
  });

  it("[V13] fallocate grows and punches, copy_file_range copies pieces, O_TMPFILE has no name", () => {
    const host = new Host();
    host.file("/f", "abcdef");
    const fd = host.must("open", { path: "/f", flags: ["O_RDWR"] });
    host.must("fallocate", { fd, offset: 1, length: 2, keepSize: true, punchHole: true });
    expect(host.text("/f")).toBe("a\0\0def");
    host.must("fallocate", { fd, offset: 0, length: 8 });
    expect(host.must("stat", { path: "/f" }).size).toBe(8);
    const temp = host.must("open", { path: "/", flags: ["O_TMPFILE", "O_RDWR"], mode: 0o600 });
    expect(host.must("copyFileRange", { from: fd, to: temp, length: 4, fromOffset: 2 })).toBe(4);
    expect(plainly(host.must("pread", { fd: temp, length: 9, offset: 0 }))).toBe("\0def");
    expect(host.must("fstat", { fd: temp }).nlink).toBe(0);
    expect(host.try("readdir", { target: "/" })).toEqual(["f"]);
  });

  it("[V14] FIFOs never wait: EAGAIN when empty, ENXIO to write without a reader, ESPIPE to seek; devices stay at 0", () => {
    const host = new Host();
    host.must("mknod", { path: "/p", kind: "fifo", mode: 0o644 });
    expect(host.try("open", { path: "/p", flags: ["O_WRONLY"] })).toBe("ENXIO");
    const fd = host.must("open", { path: "/p", flags: ["O_RDWR"] });
    expect(host.try("read", { fd, length: 4 })).toBe("EAGAIN");
    host.must("write", { fd, data: contentOfLatin1("hi") });
    expect(host.try("read", { fd, length: 4 })).toBe("hi");
    expect(host.try("lseek", { fd, offset: 0, whence: "SEEK_SET" })).toBe("ESPIPE");
    expect(host.try("pread", { fd, length: 4, offset: 0 })).toBe("ESPIPE");
    host.must("mknod", { path: "/zero", kind: "char", rdev: [1, 5] });
    const zero = host.must("open", { path: "/zero", flags: ["O_RDONLY"] });
    expect(host.try("lseek", { fd: zero, offset: -1, whence: "SEEK_SET" })).toBe(0);
  });

  it("[V15] open: O_EXCL, O_DIRECTORY, O_NOFOLLOW, O_TRUNC and O_CREAT as the kernel orders them", () => {
    const host = new Host();
    host.file("/f", "abc");
    host.must("symlink", { target: "f", path: "/l" });
    host.must("symlink", { target: "gone", path: "/dangling" });
    const open = (path: string, ...flags: SystemCalls["open"]["args"]["flags"]) =>
      host.try("open", { path, flags, mode: 0o600 });
    expect(open("/l", "O_CREAT", "O_EXCL", "O_WRONLY")).toBe("EEXIST");
    expect(open("/l", "O_NOFOLLOW", "O_RDONLY")).toBe("ELOOP");
    expect(open("/f", "O_DIRECTORY", "O_RDONLY")).toBe("ENOTDIR");
    expect(open("/", "O_WRONLY")).toBe("EISDIR");
    expect(open("/f/", "O_CREAT", "O_WRONLY")).toBe("EISDIR");
    expect(open("/d", "O_CREAT", "O_DIRECTORY")).toBe("EINVAL");
    expect(open("/.", "O_CREAT", "O_WRONLY")).toBe("EISDIR");
    expect(open("/..", "O_CREAT", "O_EXCL", "O_WRONLY")).toBe("EEXIST");
    expect(typeof open("/dangling", "O_CREAT", "O_WRONLY")).toBe("number");
    expect(host.must("stat", { path: "/gone" }).mode).toBe(0o600);
    expect(typeof open("/f", "O_RDONLY", "O_TRUNC")).toBe("number");
    expect(host.must("stat", { path: "/f" }).size).toBe(0);
  });
});

describe("mounts", () => {
  it("[V16] a bind mount shows a directory or a file elsewhere, and '..' leaves it at its own place", () => {
    const host = new Host();
    for (const path of ["/a", "/a/x", "/b", "/b/y"]) host.must("mkdir", { path });
    host.file("/a/x/f", "1");
    host.file("/b/f", "2");
    host.must("mount", { source: { type: "bind", path: "/a/x" }, path: "/b/y" });
    expect(host.text("/b/y/f")).toBe("1");
    host.must("chdir", { target: "/b/y" });
    expect(host.try("getcwd", {})).toBe("/b/y");
    expect(host.text("../f")).toBe("2");
    host.must("mount", { source: { type: "bind", path: "/b/f" }, path: "/a/x/f" });
    expect(host.text("/a/x/f")).toBe("2");
    expect(host.try("rename", { from: "/b/y/f", to: "/b/g" })).toBe("EXDEV");
  });

  it("[V17] a read-only mount refuses every change with EROFS; remount allows it again", () => {
    const host = new Host();
    host.must("mkdir", { path: "/m" });
    host.must("mount", { source: { type: "tmpfs" }, path: "/m" });
    host.file("/m/f", "x");
    host.must("remount", { path: "/m", change: { readOnly: true } });
    expect(host.try("unlink", { path: "/m/f" })).toBe("EROFS");
    expect(host.try("chmod", { target: "/m/f", mode: 0 })).toBe("EROFS");
    expect(host.try("open", { path: "/m/f", flags: ["O_RDWR"] })).toBe("EROFS");
    expect(host.try("mkdir", { path: "/m/f" })).toBe("EEXIST");
    host.must("remount", { path: "/m", change: { readOnly: false } });
    expect(host.try("unlink", { path: "/m/f" })).toBe(null);
  });

  it("[V18] umount is EBUSY while a descriptor, a working directory or another mount is inside", () => {
    const host = new Host();
    host.must("mkdir", { path: "/m" });
    host.must("mount", { source: { type: "tmpfs" }, path: "/m" });
    host.file("/m/f", "x");
    const fd = host.must("open", { path: "/m/f", flags: ["O_RDONLY"] });
    expect(host.try("umount", { path: "/m" })).toBe("EBUSY");
    expect(host.try("rmdir", { path: "/m" })).toBe("EBUSY");
    host.must("close", { fd });
    expect(host.try("umount", { path: "/m" })).toBe(null);
    expect(host.try("readdir", { target: "/m" })).toBe("");
    expect(host.try("umount", { path: "/m" })).toBe("EINVAL");
  });

  it("[V19] a full tmpfs gives ENOSPC, for bytes and for inodes", () => {
    const host = new Host();
    host.must("mkdir", { path: "/m" });
    host.must("mount", { source: { type: "tmpfs", size: 8192, inodes: 3 }, path: "/m" });
    host.file("/m/f", "x");
    const fd = host.must("open", { path: "/m/f", flags: ["O_WRONLY"] });
    const data = [{ type: "bytes", bytes: new Uint8Array(9000) }] as const;
    expect(host.try("write", { fd, data })).toBe("ENOSPC");
    host.must("mkdir", { path: "/m/d" });
    expect(host.try("mkdir", { path: "/m/e" })).toBe("ENOSPC");
  });
});

it("[V20] the same names made in another order give the same hash", () => {
  const hashOf = (names: readonly string[]) => {
    let machine = createMachine({ sec: 1, nsec: 0 });
    const time = { sec: 2, nsec: 0 };
    for (const name of names)
      ({ machine } = step(machine, { type: "mkdir", path: `/${name}`, mode: 0o755, pid: 1, time }));
    return stateHash(machine);
  };
  expect(hashOf(["a", "b", "c"])).toBe(hashOf(["c", "a", "b"]));
  expect(hashOf(["a", "b", "c"])).not.toBe(hashOf(["a", "b", "d"]));
});

it("[V21] looking and reading change nothing but the clock and the offset", () => {
  const host = new Host();
  host.file("/f", "abc");
  const { fileSystems, dentries, inodes } = host.machine;
  host.must("stat", { path: "/f" });
  host.must("readdir", { target: "/" });
  expect(host.machine.fileSystems).toBe(fileSystems);
  expect(host.machine.dentries).toBe(dentries);
  expect(host.machine.inodes).toBe(inodes);
});
