import { describe, expect, it } from "vitest";
import { mapEntries } from "../../tree/persistent-map.ts";
import { DrawnUnion } from "./drawn-union.ts";
import { inspectAufs } from "./mount.ts";

const remount = (union: DrawnUnion, ...options: string[]) =>
  union.try("remount", { path: "/", change: { options } });
const inspect = (union: DrawnUnion) => {
  for (const [, state] of mapEntries(union.machine.fileSystems))
    if (state.type === "aufs") return inspectAufs(state);
  throw new RangeError("no aufs");
};
/** A directory beside the branches, with one file of its own name. */
const directory = (union: DrawnUnion, name: string) => {
  union.must("mkdir", { path: `/branch/${name}`, mode: 0o755 });
  union.must("mknod", { path: `/branch/${name}/${name}`, kind: "file", mode: 0o644 });
  return `/branch/${name}`;
};
const names = (union: DrawnUnion) => union.list("/").split(" ").sort().join(" ");

describe("aufs branches", () => {
  it("[B-01] a branch on top: its names come first", () => {
    const union = new DrawnUnion("rw a=old \n ro+wh f=1");
    union.must("mkdir", { path: "/branch/new", mode: 0o755 });
    const fd = union.must("open", { path: "/branch/new/a", flags: ["O_WRONLY", "O_CREAT"] });
    union.must("close", { fd });
    expect(remount(union, "add:0:/branch/new=rw")).toBe(null);
    expect(union.events).toContainEqual(
      expect.objectContaining({ type: "branch-added", branch: 0, permission: "rw" }),
    );
    expect(names(union)).toBe("a f");
    expect(union.read("a")).toBe("");
  });

  it("[B-02] a branch at the bottom; indexes change, ids stay and begin at 64", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1");
    expect(remount(union, `append:${directory(union, "low")}=ro+wh`)).toBe(null);
    expect(names(union)).toBe("f low");
    expect(inspect(union).branches).toEqual([
      { id: 64, path: "/branch/0", permission: "rw" },
      { id: 65, path: "/branch/1", permission: "ro+wh" },
      { id: 66, path: "/branch/low", permission: "ro+wh" },
    ]);
    remount(union, "del:/branch/1");
    expect(inspect(union).branches.map(({ id }) => id)).toEqual([64, 66]);
    expect(inspect(union).options).toEqual(["dirperm1"]);
  });

  it("[M-05] no permission is refused: unknown ones are ro, unsuitable attributes are left out", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1");
    const written = ["rx", "rw+wh+fhsm", "ro+moo+icex+wh", "rr+coo_reg+wh", "rw+coo_reg+nolwh+moo"];
    const specs = written.map((text, at) => `${directory(union, `p${at}`)}=${text}`);
    for (const spec of specs) expect(remount(union, `append:${spec}`)).toBe(null);
    expect(
      inspect(union)
        .branches.slice(2)
        .map(({ permission }) => permission),
    ).toEqual(["ro", "rw", "ro+wh", "rr+wh+coo_reg", "rw+nolwh+moo"]);
  });

  it("[M-05] without a permission the first branch is rw and any other ro", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1");
    remount(union, `prepend:${directory(union, "top")}`, `append:${directory(union, "low")}`);
    expect(inspect(union).branches.map(({ permission }) => permission)).toEqual([
      "rw",
      "rw",
      "ro+wh",
      "ro",
    ]);
  });

  it("[M-06] create= takes the watermark and the seconds that its policy has", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1");
    const given = (policy: string) => remount(union, `create=${policy}`);
    for (const policy of ["tdp", "rr", "mfs", "pmfs:30", "tdmfs:100", "mfsrr:100:30", "pmfsrr:9"])
      expect(given(policy), policy).toBe(null);
    for (const policy of ["", "tdp:1", "rr:1", "mfs:", "mfs:1:2", "tdmfs", "mfsrr", "pmfsrr:x"])
      expect(given(policy), policy).toBe("EINVAL");
  });

  it("[B-03] a branch with an open file is busy; after close its names disappear", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1 \n ro+wh g=2");
    const fd = union.open("f", "O_RDONLY");
    expect(remount(union, "del:/branch/1")).toBe("EBUSY");
    union.call("close", { fd });
    expect(remount(union, "del:/branch/1")).toBe(null);
    expect(union.events).toContainEqual(
      expect.objectContaining({ type: "branch-removed", branch: 1 }),
    );
    expect(names(union)).toBe("g");
  });

  it("[B-04] the last branch stays; one that is not there is no error", () => {
    const union = new DrawnUnion("rw a=1");
    expect(remount(union, "del:/branch/0")).toBe("EBUSY");
    expect(remount(union, "del:/nowhere")).toBe(null);
  });

  it("[B-05] the same directory twice: refused at mount, ignored at remount", () => {
    const union = new DrawnUnion("rw a=1 \n ro");
    const branches = [
      { path: "/branch/0", permission: "rw" },
      { path: "/branch/0", permission: "ro" },
    ] as const;
    union.must("mkdir", { path: "/second" });
    const second = { source: { type: "aufs", branches } as const, path: "/second" };
    expect(() => union.must("mount", second)).toThrow("EINVAL");
    expect(remount(union, "append:/branch/1=ro")).toBe(null);
    expect(inspect(union).branches).toHaveLength(2);
  });

  it("[B-06] 127 branches, not 128; an index out of range", () => {
    const union = new DrawnUnion(`rw \n ${"ro+wh \n ".repeat(126)}`);
    expect(inspect(union).branches).toHaveLength(127);
    expect(remount(union, `append:${directory(union, "more")}=ro`)).toBe("ENOSPC");
    const small = new DrawnUnion("rw");
    expect(remount(small, `add:200:${directory(small, "more")}=ro`)).toBe("EDOM");
  });

  it("[B-07] a branch within another branch", () => {
    const union = new DrawnUnion("rw a/b/ \n ro");
    expect(remount(union, "append:/branch/0/a/b=ro")).toBe("EINVAL");
  });

  it("[B-08] +wh given and taken while mounted", () => {
    const union = new DrawnUnion("rw \n ro f! \n ro f=1");
    expect(union.read("f")).toBe("1");
    expect(remount(union, "mod:/branch/1=ro+wh")).toBe(null);
    expect(union.read("f")).toBe("ENOENT");
    remount(union, "mod:/branch/1=ro");
    expect(union.read("f")).toBe("1");
  });

  it("[B-09] a branch made read-only loses aufs's own files", () => {
    const union = new DrawnUnion("rw f=1 \n ro+wh");
    const own = () =>
      union
        .must("readdir", { target: "/branch/0" })
        .map(({ name }) => name)
        .sort();
    expect(own()).toEqual([".wh..wh.aufs", ".wh..wh.orph", ".wh..wh.plnk", "f"]);
    expect(remount(union, "mod:/branch/0=ro")).toBe(null);
    expect(own()).toEqual(["f"]);
    expect(union.try("unlink", { path: "f" })).toBe("EROFS");
  });

  it("[B-10] an error stops a remount, and what was done before stays", () => {
    const union = new DrawnUnion("rw \n ro+wh f=1");
    const [a, b] = [directory(union, "a"), directory(union, "b")];
    union.open("f", "O_RDONLY");
    expect(remount(union, `append:${a}=ro`, "del:/branch/1", `append:${b}=ro`)).toBe("EBUSY");
    expect(inspect(union).branches.map(({ path }) => path)).toEqual(["/branch/0", "/branch/1", a]);
    expect(remount(union, `append:${b}=ro`, "append:/nowhere=ro")).toBe("EINVAL");
    expect(inspect(union).branches).toHaveLength(3);
  });

  it("[B-13] descriptors and inode numbers follow when branches shift", () => {
    const union = new DrawnUnion("rw \n ro+wh d/f=old");
    const fd = union.open("d/f", "O_RDWR");
    const before = union.call("fstat", { fd }).value?.ino;
    expect(remount(union, `prepend:${directory(union, "top")}=rw`)).toBe(null);
    union.call("write", { fd, data: [{ type: "bytes", bytes: Uint8Array.of(78) }] });
    expect(union.read("d/f")).toBe("Nld");
    expect(union.disk(0)).toBe("d/ d/f=Nld");
    expect(inspect(union).branches[1]).toMatchObject({ path: "/branch/0", id: 64 });
    expect(union.call("fstat", { fd }).value?.ino).toBe(before);
  });

  it("[B-14] pseudo-links end with the mount, unless they were flushed", () => {
    const remounted = (flush: boolean) => {
      const union = new DrawnUnion("rw \n ro+wh a=1 b==/a");
      union.write("a", "2");
      if (flush) union.call("plinkFlush", { path: "/" });
      union.must("umount", { path: "/mnt" });
      const branches = [
        { path: "/branch/0", permission: "rw" },
        { path: "/branch/1", permission: "ro+wh" },
      ] as const;
      union.must("mount", { source: { type: "aufs", branches }, path: "/mnt" });
      return union.read("b");
    };
    expect(remounted(false)).toBe("1");
    expect(remounted(true)).toBe("2");
  });
});
