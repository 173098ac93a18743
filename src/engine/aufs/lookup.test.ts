import { describe, expect, it } from "vitest";
import { DrawnUnion } from "./drawn-union.ts";

const stat = (union: DrawnUnion, path: string, uid = 0) => {
  const { errno, value } = union.call("stat", { path }, uid);
  return errno ?? value.kind;
};

describe("aufs lookup", () => {
  it("[L-01] an upper file shadows, and nothing below it is asked", () => {
    const union = new DrawnUnion("rw f=top \n ro+wh f=mid \n ro+wh f=base");
    expect(union.read("f")).toBe("top");
    expect(stat(union, "f")).toBe("file");
    expect(union.trace("visit")).toEqual(["visit b0 /f found"]);
  });

  it("[L-02] a whiteout in the middle stops the search", () => {
    const union = new DrawnUnion("rw \n ro+wh f! \n ro+wh f=x");
    expect(stat(union, "f")).toBe("ENOENT");
    expect(union.trace("visit")).toEqual(["visit b0 /f missing", "visit b1 /f whiteout"]);
    expect(union.events.at(-1)).toMatchObject({ type: "miss", whiteout: 1 });
  });

  it("[L-03] a whiteout below a hit does not matter", () => {
    const union = new DrawnUnion("rw f=n \n ro+wh f! \n ro+wh f=o");
    expect(union.read("f")).toBe("n");
  });

  it("[L-04] three directories merge, with the attributes of the topmost", () => {
    const union = new DrawnUnion("rw d/:0700 d/a=1 \n ro+wh d/b=2 \n ro+wh d/c=3");
    expect(union.list("d")).toBe("a b c");
    expect(union.call("stat", { path: "d" }).value).toMatchObject({ mode: 0o700 });
  });

  it("[L-05] an opaque directory cuts off what lies below", () => {
    const union = new DrawnUnion("rw d/a=1 \n ro+wh d/!! d/b=2 \n ro+wh d/c=3");
    expect(union.list("d")).toBe("a b");
    expect(stat(union, "d/c")).toBe("ENOENT");
    expect(union.trace("visit").slice(-2)).toEqual([
      "visit b0 /d/c missing",
      "visit b1 /d/c missing",
    ]);
  });

  it("[L-05b] a second opaque directory further down brings what lies between back", () => {
    const union = new DrawnUnion("rw d/!! d/a=1 \n ro+wh d/b=2 \n ro+wh d/!! d/c=3 \n ro+wh d/x=4");
    expect(union.list("d")).toBe("a b c");
    expect(union.read("d/c")).toBe("3");
    expect(stat(union, "d/x")).toBe("ENOENT");
  });

  it("[L-06] a whiteout of a directory in the middle", () => {
    const union = new DrawnUnion("rw d/a=1 \n ro+wh d! \n ro+wh d/c=3");
    expect(union.list("d")).toBe("a");
    expect(stat(union, "d/c")).toBe("ENOENT");
  });

  it("[L-07] another type in the middle is skipped and does not stop the descent", () => {
    const union = new DrawnUnion("rw d/a=1 \n ro+wh d=file \n ro+wh d/c=3");
    expect(union.list("d")).toBe("a c");
    expect(stat(union, "d")).toBe("dir");
    expect(union.trace("visit")).toContain("visit b1 /d type-differs");
  });

  it("[L-08] a file above a directory", () => {
    const union = new DrawnUnion("rw d=file \n ro+wh d/c=3");
    expect(stat(union, "d")).toBe("file");
    expect(stat(union, "d/c")).toBe("ENOTDIR");
  });

  it("[L-09] a symlink above a directory is followed in the union", () => {
    const union = new DrawnUnion("rw d->e e/x=1 \n ro+wh d/c=3");
    expect(union.call("lstat", { path: "d" }).value).toMatchObject({ kind: "symlink" });
    expect(union.read("d/x")).toBe("1");
    expect(stat(union, "d/c")).toBe("ENOENT");
  });

  it("[L-10] a name is searched only where its directory was found", () => {
    const union = new DrawnUnion("rw \n ro+wh d/a=1 \n ro+wh d/b! \n ro+wh d/b=3");
    expect(stat(union, "d/b")).toBe("ENOENT");
    expect(union.trace("visit").filter((line) => line.includes("/d/b"))).toEqual([
      "visit b1 /d/b missing",
      "visit b2 /d/b whiteout",
    ]);
    expect(union.read("d/a")).toBe("1");
  });

  it("[L-11] a plain ro branch's whiteouts and opaque marks mean nothing, and stay hidden", () => {
    const union = new DrawnUnion("rw \n ro f! d/!! d/a=1 \n ro f=x d/c=3");
    expect(union.read("f")).toBe("x");
    expect(union.list("d").split(" ").sort()).toEqual(["a", "c"]);
    expect(union.list("/").split(" ").sort()).toEqual(["d", "f"]);
    expect(stat(union, ".wh.f")).toBe("EPERM");
  });

  it("[L-12] names that begin with .wh. are refused by every call", () => {
    const union = new DrawnUnion("rw a=1");
    const flags = ["O_WRONLY", "O_CREAT"] as const;
    expect(stat(union, ".wh.foo")).toBe("EPERM");
    expect(union.try("open", { path: ".wh.foo", flags, mode: 0o644 })).toBe("EPERM");
    expect(union.try("mkdir", { path: ".wh.foo" })).toBe("EPERM");
    expect(union.try("rename", { from: "a", to: ".wh.foo" })).toBe("EPERM");
    expect(union.try("link", { from: "a", to: ".wh.foo" })).toBe("EPERM");
    expect(stat(union, ".wh.")).toBe("EPERM");
    expect(union.disk(0)).toBe("a=1");
  });

  it("[L-13] names may have 242 bytes", () => {
    const union = new DrawnUnion("rw");
    expect(union.try("mkdir", { path: "x".repeat(242) })).toBe(null);
    expect(union.try("mkdir", { path: "x".repeat(243) })).toBe("ENAMETOOLONG");
    expect(stat(union, "x".repeat(243))).toBe("ENAMETOOLONG");
    expect(stat(union, "é".repeat(122))).toBe("ENAMETOOLONG");
    expect(union.call("statfs", { path: "/" }).value).toMatchObject({ nameLength: 242 });
  });

  it("[L-14] a whiteout that is not a regular file is an error", () => {
    const union = new DrawnUnion("rw \n ro+wh .wh.f/ d/.wh..wh..opq/ \n ro+wh f=x d/y=1");
    expect(stat(union, "f")).toBe("EIO");
    expect(stat(union, "d")).toBe("EIO");
  });

  it("[L-15] a name and its whiteout in the first branch that is asked", () => {
    const union = new DrawnUnion("rw x=1 x!");
    expect(stat(union, "x")).toBe("EIO");
    const trusting = new DrawnUnion("rw x=1 x!", ["udba=none"]);
    expect(stat(trusting, "x")).toBe("ENOENT");
  });

  it("[L-16] the same lower down: the whiteout wins", () => {
    const union = new DrawnUnion("rw \n ro+wh x=1 x! \n ro+wh x=2");
    expect(stat(union, "x")).toBe("ENOENT");
  });

  it("[L-17] the same where only that branch has the directory", () => {
    const union = new DrawnUnion("rw \n ro+wh d/x=1 d/x!");
    expect(stat(union, "d/x")).toBe("EIO");
  });

  it("[L-18] without dirperm1 every branch's directory must allow", () => {
    const drawing = "rw d/ \n ro+wh d/:0700 d/x=1";
    expect(new DrawnUnion(drawing, []).list("d", 1000)).toBe("EACCES");
    expect(new DrawnUnion(drawing).list("d", 1000)).toBe("x");
    const refused = new DrawnUnion(drawing, []);
    refused.list("d", 1000);
    expect(refused.events.at(-1)).toMatchObject({
      type: "permission",
      branch: 1,
      rule: "lower-branch",
    });
  });

  it("[L-19] without a writable branch every change is refused", () => {
    const union = new DrawnUnion("ro f=1");
    expect(union.try("open", { path: "f", flags: ["O_WRONLY"] })).toBe("EROFS");
    expect(union.try("unlink", { path: "f" })).toBe("EROFS");
    expect(union.try("mkdir", { path: "n" })).toBe("EROFS");
  });

  it("[L-20] an opaque mark in a branch's root does nothing", () => {
    const union = new DrawnUnion("rw \n ro+wh .wh..wh..opq= a=1 \n ro+wh b=2");
    expect(union.list("/").split(" ").sort()).toEqual(["a", "b"]);
    expect(stat(union, "b")).toBe("file");
  });
});

describe("aufs readdir", () => {
  it("[R-01] branch by branch, each in its own order, each name once", () => {
    const union = new DrawnUnion("rw a=1 z=1 \n ro+wh b=2 a=2 m=2");
    expect(union.list("/")).toBe("z a m b");
  });

  it("[R-02] a whiteout hides the name below", () => {
    const union = new DrawnUnion("rw b! a=1 \n ro+wh b=2 c=2");
    expect(union.list("/").split(" ").sort()).toEqual(["a", "c"]);
    expect(union.trace("readdir-hidden")).toHaveLength(5);
  });

  it("[R-03] in one branch the order decides: a name read before its whiteout is listed", () => {
    const before = new DrawnUnion("rw \n ro+wh x! x=1 \n ro+wh");
    expect(before.list("/")).toBe("x");
    expect(stat(before, "x")).toBe("ENOENT");
    const after = new DrawnUnion("rw \n ro+wh x=1 x! \n ro+wh");
    expect(after.list("/")).toBe("");
  });

  it("[R-04] the last branch's whiteouts are not used for listing", () => {
    const union = new DrawnUnion("rw \n ro+wh x=1 x!");
    expect(union.list("/")).toBe("x");
    expect(stat(union, "x")).toBe("ENOENT");
  });

  it('[R-05] a file called ".wh." is listed and cannot be used', () => {
    const union = new DrawnUnion("rw \n ro+wh .wh.=1");
    expect(union.list("/")).toBe(".wh.");
    expect(stat(union, ".wh.")).toBe("EPERM");
  });

  it("[R-06] one entry, of the type of the top branch", () => {
    const union = new DrawnUnion("rw x/ \n ro+wh x=f");
    expect(union.call("readdir", { target: "/" }).value).toMatchObject([
      { name: "x", kind: "dir" },
    ]);
  });

  it("[R-07] aufs's own names are never listed", () => {
    const union = new DrawnUnion("rw .wh..wh.f.0001=x d/!!");
    expect(union.list("/")).toBe("d");
    expect(union.list("d")).toBe("");
  });

  it("[R-08] shwh lists whiteouts and lets them be looked at", () => {
    const union = new DrawnUnion("ro+wh f! a=1 \n rr+wh f=2 b=2", ["shwh"]);
    expect(union.list("/").split(" ").sort()).toEqual([".wh.f", "a", "b"]);
    expect(stat(union, ".wh.f")).toBe("file");
    expect(stat(union, "f")).toBe("ENOENT");
  });

  it("[R-09] a merged directory's link count adds the lower ones'", () => {
    const union = new DrawnUnion("rw d/p/ d/q/ \n ro+wh d/r/");
    expect(union.call("stat", { path: "d" }).value).toMatchObject({ nlink: 5 });
  });
});
