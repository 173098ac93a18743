import { describe, expect, it } from "vitest";
import { DrawnUnion } from "./drawn-union.ts";

const create = ["O_WRONLY", "O_CREAT"] as const;
const inode = (union: DrawnUnion, path: string) => union.call("stat", { path }).value?.ino;

describe("aufs create and delete", () => {
  it("[W-01] deleting a lower file makes a whiteout, a link of the base, and frees nothing", () => {
    const union = new DrawnUnion("rw \n ro+wh a/f=x");
    expect(union.try("unlink", { path: "a/f" })).toBe(null);
    expect(union.trace("copy-up-parent", "whiteout-made")).toEqual([
      "copy-up-parent /a",
      "whiteout-made /a/f",
    ]);
    expect(union.events.find(({ type }) => type === "whiteout-made")).toMatchObject({
      linked: true,
    });
    expect(union.disk(0)).toBe("a/ a/f!");
    expect(union.disk(1)).toBe("a/ a/f=x");
    expect(union.list("a")).toBe("");
  });

  it("[W-02] deleting what is only in the writable branch leaves nothing", () => {
    const union = new DrawnUnion("rw f=1 \n ro+wh");
    union.call("unlink", { path: "f" });
    expect(union.disk(0)).toBe("");
  });

  it("[W-03] the whiteout comes before the unlink", () => {
    const union = new DrawnUnion("rw f=2 \n ro+wh f=1");
    union.call("unlink", { path: "f" });
    expect(union.trace("whiteout-made", "branch-write")).toEqual([
      "link /.wh.f",
      "whiteout-made /f",
      "unlink /f",
    ]);
    expect(union.disk(0)).toBe("f!");
  });

  it("[W-04] no whiteout where a lower one hides the rest", () => {
    const union = new DrawnUnion("rw f=2 \n ro+wh f! \n ro+wh f=1");
    union.call("unlink", { path: "f" });
    expect(union.disk(0)).toBe("");
    expect(union.read("f")).toBe("ENOENT");
  });

  it("[W-05] making it again: the file first, then the whiteout goes", () => {
    const union = new DrawnUnion("rw f! \n ro+wh f=1");
    union.open("f", ...create);
    expect(union.trace("branch-write", "whiteout-removed")).toEqual([
      "create /f",
      "unlink /.wh.f",
      "whiteout-removed /f",
    ]);
    expect(union.disk(0)).toBe("f=");
  });

  it("[W-06] mkdir over a whiteout makes an opaque directory", () => {
    const union = new DrawnUnion("rw d! \n ro+wh d/old=1");
    union.call("mkdir", { path: "d" });
    expect(union.trace("branch-write", "opaque-made", "whiteout-removed")).toEqual([
      "mkdir /d",
      "link /d/.wh..wh..opq",
      "opaque-made /d",
      "unlink /.wh.d",
      "whiteout-removed /d",
    ]);
    expect(union.disk(0)).toBe("d/ d/!!");
    expect(union.list("d")).toBe("");
  });

  it("[W-06b] a directory made opaque here stays empty over an opaque one below", () => {
    const union = new DrawnUnion("rw d! \n ro+wh d/!! d/old=1");
    union.call("mkdir", { path: "d" });
    expect(union.list("d")).toBe("");
  });

  it("[W-07] over a whiteout of a lower branch only it is not opaque", () => {
    const union = new DrawnUnion("rw \n ro+wh d! \n ro+wh d/x=1");
    union.call("mkdir", { path: "d" });
    expect(union.disk(0)).toBe("d/");
    expect(union.list("d")).toBe("");
  });

  it("[W-08] with diropq=a every directory is", () => {
    const union = new DrawnUnion("rw", ["diropq=a"]);
    union.call("mkdir", { path: "d" });
    expect(union.disk(0)).toBe("d/ d/!!");
  });

  it("[W-09] rmdir of a lower empty directory", () => {
    const union = new DrawnUnion("rw \n ro+wh d/");
    union.call("rmdir", { path: "d" });
    expect(union.disk(0)).toBe("d!");
  });

  it("[W-10] rmdir takes the whiteouts inside along, out of view", () => {
    const union = new DrawnUnion("rw d/x! \n ro+wh d/x=1");
    union.call("rmdir", { path: "d" });
    expect(union.trace("branch-write")).toEqual([
      "link /.wh.d",
      "rename /d /.wh..wh.d.0000",
      "unlink /.wh..wh.d.0000/.wh.x",
      "rmdir /.wh..wh.d.0000",
    ]);
    expect(union.disk(0)).toBe("d!");
  });

  it("[W-11] a name that shows keeps the directory", () => {
    const union = new DrawnUnion("rw d/ \n ro+wh d/x=1");
    expect(union.try("rmdir", { path: "d" })).toBe("ENOTEMPTY");
    expect(union.disk(0)).toBe("d/");
  });

  it("[W-12] many whiteouts inside: the view is right at once, and the rubbish goes", () => {
    const union = new DrawnUnion("rw d/1! d/2! d/3! d/4! \n ro+wh d/1=x d/2=x d/3=x d/4=x");
    expect(union.try("rmdir", { path: "d" })).toBe(null);
    expect(union.list("/")).toBe("");
    expect(union.disk(0)).toBe("d!");
  });

  it("[W-13] unlink of a directory, rmdir of a file", () => {
    const union = new DrawnUnion("rw \n ro+wh d/ f=1");
    expect(union.try("unlink", { path: "d" })).toBe("EISDIR");
    expect(union.try("rmdir", { path: "f" })).toBe("ENOTDIR");
  });

  it("[W-14] a hard link of a lower file copies it under the new name only; flushing makes both", () => {
    const union = new DrawnUnion("rw \n ro+wh a=1");
    union.call("link", { from: "a", to: "b" });
    expect(union.disk(0)).toBe("b=1");
    expect(union.plinks(0)).toBe(1);
    expect(inode(union, "a")).toBe(inode(union, "b"));
    expect(union.call("stat", { path: "a" }).value).toMatchObject({ nlink: 2 });
    union.call("plinkFlush", { path: "/" });
    expect(union.events.at(-1)).toMatchObject({ type: "plinks-flushed", links: 1 });
    expect(union.disk(0)).toBe("a=1 b=1");
    expect(union.plinks(0)).toBe(0);
    expect(union.must("stat", { path: "/branch/0/a" })).toMatchObject({ nlink: 2 });
  });

  it("[W-15] with noplink both names are copied up", () => {
    const union = new DrawnUnion("rw \n ro+wh a=1", ["noplink"]);
    union.call("link", { from: "a", to: "b" });
    expect(union.disk(0)).toBe("a=1 b=1");
  });

  it("[W-16] link onto a whiteouted name: the link first, then the whiteout goes", () => {
    const union = new DrawnUnion("rw a=1 b! \n ro+wh b=2");
    union.call("link", { from: "a", to: "b" });
    expect(union.trace("branch-write")).toEqual(["link /b", "unlink /.wh.b"]);
    expect(union.disk(0)).toBe("a=1 b=1");
  });

  it("[W-17] all whiteouts of a branch are one inode; with nolwh each is its own", () => {
    const links = (permission: string) => {
      const union = new DrawnUnion(`${permission} \n ro+wh x=1 y=1 z=1`);
      for (const path of ["x", "y", "z"]) union.call("unlink", { path });
      return union.must("stat", { path: "/branch/0/.wh.x" }).nlink;
    };
    expect(links("rw")).toBe(4);
    expect(links("rw+nolwh")).toBe(1);
  });

  it("[W-18] a file in a lower setgid directory gets its group, and the directory comes up as it is", () => {
    const union = new DrawnUnion("rw \n ro+wh p/@9:02775");
    union.open("p/n", ...create);
    expect(union.must("stat", { path: "/branch/0/p" })).toMatchObject({ mode: 0o2775, gid: 9 });
    expect(union.must("stat", { path: "/branch/0/p/n" })).toMatchObject({ gid: 9 });
    expect(union.disk(0)).toBe("p/ p/n=");
  });

  it("[W-19] O_EXCL on a lower file", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1");
    expect(union.try("open", { path: "f", flags: [...create, "O_EXCL"] })).toBe("EEXIST");
    expect(union.disk(0)).toBe("");
  });

  it("[W-20] an unlink that is refused leaves the branches as they were", () => {
    const union = new DrawnUnion("rw d/@1:01777 d/f=2 \n ro+wh d/f=1");
    expect(union.try("unlink", { path: "d/f" }, 1000)).toBe("EPERM");
    expect(union.disk(0)).toBe("d/ d/f=2");
  });

  it("[W-21] a name beside its whiteout, as a crash would leave it, cannot be used", () => {
    const union = new DrawnUnion("rw f=1 f! \n ro+wh f=2");
    expect(union.read("f")).toBe("EIO");
    expect(union.try("unlink", { path: "f" })).toBe("EIO");
  });

  it("[W-22] removing a tree from the leaves up ends in one whiteout", () => {
    const union = new DrawnUnion("rw \n ro+wh d/a=1 d/s/b=2");
    union.call("unlink", { path: "d/a" });
    union.call("unlink", { path: "d/s/b" });
    expect(union.disk(0)).toBe("d/ d/a! d/s/ d/s/b!");
    union.call("rmdir", { path: "d/s" });
    union.call("rmdir", { path: "d" });
    expect(union.disk(0)).toBe("d!");
  });
});

describe("aufs rename", () => {
  const rename = (union: DrawnUnion, from: string, to: string) => union.try("rename", { from, to });
  const moved = (drawing: string, from = "d", to = "e") => {
    const union = new DrawnUnion(drawing);
    return `${rename(union, from, to)}: ${union.disk(0)}`;
  };

  it("[N-01] a lower file: copied under its old name, whiteout, then renamed", () => {
    const union = new DrawnUnion("rw \n ro+wh a=1");
    expect(rename(union, "a", "b")).toBe(null);
    expect(union.trace("copy-up-end", "whiteout-made", "branch-write").slice(-4)).toEqual([
      "copy-up-end /a",
      "link /.wh.a",
      "whiteout-made /a",
      "rename /a /b",
    ]);
    expect(union.disk(0)).toBe("a! b=1");
  });

  it("[N-02] a file of the writable branch only", () => {
    expect(moved("rw a=1 \n ro+wh", "a", "b")).toBe("null: b=1");
  });

  it("[N-03] a file that shadows another", () => {
    expect(moved("rw a=2 \n ro+wh a=1", "a", "b")).toBe("null: a! b=2");
  });

  it("[N-04] onto a whiteouted name: renamed first, then the whiteout goes", () => {
    const union = new DrawnUnion("rw a=1 b! \n ro+wh b=2");
    rename(union, "a", "b");
    expect(union.trace("branch-write")).toEqual(["rename /a /b", "unlink /.wh.b"]);
    expect(union.disk(0)).toBe("b=1");
  });

  it("[N-05] onto a lower file there is no whiteout", () => {
    expect(moved("rw a=2 \n ro+wh b=1", "a", "b")).toBe("null: b=2");
  });

  it("[N-06] [N-09] a directory with something on a lower branch does not move", () => {
    expect(moved("rw \n ro+wh d/x=1")).toBe("EXDEV: ");
    expect(moved("rw d/ \n ro+wh d/x=1")).toBe("EXDEV: d/");
  });

  it("[N-07] an empty lower directory moves, and is not opaque", () => {
    expect(moved("rw \n ro+wh d/")).toBe("null: d! e/");
  });

  it("[N-08] a directory of the writable branch only", () => {
    expect(moved("rw d/a=1")).toBe("null: e/ e/a=1");
  });

  it("[N-10] a directory whose lower names are all whiteouted takes its whiteouts along", () => {
    expect(moved("rw d/a=1 d/x! \n ro+wh d/x=1")).toBe("null: d! e/ e/x! e/a=1");
  });

  it("[N-11] a lower name that is only shadowed still counts", () => {
    expect(moved("rw d/x=2 \n ro+wh d/x=1")).toBe("EXDEV: d/ d/x=2");
  });

  it("[N-12] an opaque directory moves with its mark", () => {
    expect(moved("rw d/!! d/a=1 \n ro+wh d/x=1")).toBe("null: d! e/ e/!! e/a=1");
  });

  it("[N-13] onto a whiteouted name it becomes opaque", () => {
    const union = new DrawnUnion("rw d/a=1 e! \n ro+wh e/z=1");
    rename(union, "d", "e");
    expect(union.trace("branch-write")).toEqual([
      "rename /d /e",
      "link /e/.wh..wh..opq",
      "unlink /.wh.e",
    ]);
    expect(union.disk(0)).toBe("e/ e/!! e/a=1");
    expect(union.list("e")).toBe("a");
  });

  it("[N-14] onto an empty directory of the same branch, which goes out of the way first", () => {
    const union = new DrawnUnion("rw d/a=1 e/");
    rename(union, "d", "e");
    expect(union.trace("branch-write")).toEqual([
      "rename /e /.wh..wh.e.0000",
      "rename /d /e",
      "rmdir /.wh..wh.e.0000",
    ]);
    expect(union.disk(0)).toBe("e/ e/a=1");
  });

  it("[N-15] onto a directory that is not empty", () => {
    expect(moved("rw d/ \n ro+wh e/x=1")).toBe("ENOTEMPTY: d/");
  });

  it("[N-16] onto an empty lower directory it becomes opaque", () => {
    expect(moved("rw d/a=1 \n ro+wh e/")).toBe("null: e/ e/!! e/a=1");
  });

  it("[N-17] types, and a directory within itself", () => {
    const union = new DrawnUnion("rw d/s/ f=1 \n ro+wh");
    expect(rename(union, "d", "f")).toBe("ENOTDIR");
    expect(rename(union, "f", "d")).toBe("EISDIR");
    expect(rename(union, "d", "d/s/t")).toBe("EINVAL");
    expect(rename(union, "d/s", "d")).toBe("ENOTEMPTY");
  });

  it("[N-18] two lower files change places without whiteouts", () => {
    const union = new DrawnUnion("rw \n ro+wh a=1 b=2");
    expect(union.try("rename", { from: "a", to: "b", exchange: true })).toBe(null);
    expect(union.disk(0)).toBe("a=2 b=1");
    expect(union.read("a")).toBe("2");
  });

  it("[N-19] noReplace refuses a name that is there", () => {
    const union = new DrawnUnion("rw \n ro+wh a=1 b=2");
    expect(union.try("rename", { from: "a", to: "b", noReplace: true })).toBe("EEXIST");
    expect(union.disk(0)).toBe("");
  });

  it("[N-20] into a lower directory, which comes up first", () => {
    const union = new DrawnUnion("rw a=1 \n ro+wh t/");
    rename(union, "a", "t/a");
    expect(union.trace("copy-up-parent", "branch-write")).toEqual([
      "copy-up-parent /t",
      "mkdir /.wh..wh.t.0000",
      "rename /.wh..wh.t.0000 /t",
      "rename /a /t/a",
    ]);
    expect(union.disk(0)).toBe("t/ t/a=1");
  });

  it("[N-21] what mv does after EXDEV: copy, then remove", () => {
    const union = new DrawnUnion("rw \n ro+wh d/x=1");
    expect(rename(union, "d", "e")).toBe("EXDEV");
    union.call("mkdir", { path: "e", mode: 0o755 });
    union.write("e/x", "1", "O_CREAT");
    union.call("unlink", { path: "d/x" });
    union.call("rmdir", { path: "d" });
    expect(union.disk(0)).toBe("d! e/ e/x=1");
  });

  it("[N-22] an empty lower directory there and back is opaque", () => {
    const union = new DrawnUnion("rw \n ro+wh d/");
    expect(rename(union, "d", "e")).toBe(null);
    expect(rename(union, "d", "e")).toBe("ENOENT");
    expect(rename(union, "e", "d")).toBe(null);
    expect(union.disk(0)).toBe("d/ d/!!");
  });

  it("[N-23] a hard-linked lower file: the sibling follows; with noplink it keeps the old data", () => {
    const drawing = "rw \n ro+wh a=1 b==/a";
    const union = new DrawnUnion(drawing);
    rename(union, "a", "c");
    union.write("c", "2");
    expect(union.read("b")).toBe("2");
    const apart = new DrawnUnion(drawing, ["noplink"]);
    rename(apart, "a", "c");
    apart.write("c", "2");
    expect(apart.read("b")).toBe("1");
  });
});
