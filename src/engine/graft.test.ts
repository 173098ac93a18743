import { expect, it } from "vitest";
import type { ColumnTree } from "../tree/column-tree.ts";
import { ColumnTreeBuilder, type EntryFacts } from "../tree/column-tree-builder.ts";
import type { Call, Caller, CallType, Result, SystemCalls } from "./call.ts";
import { createMachine } from "./machine.ts";
import { step } from "./step.ts";

function layer(): ColumnTree {
  const builder = new ColumnTreeBuilder("layer");
  const facts = (kind: EntryFacts["kind"], entry: number): EntryFacts => ({
    kind,
    mode: kind === "dir" ? 0o750 : 0o640,
    uid: 7,
    gid: 8,
    size: kind === "file" ? 5000 : 0,
    mtime: 42,
    entry,
    ...(kind === "file" && { content: 512 }),
  });
  const etc = builder.add(0, "etc", facts("dir", 0));
  const hosts = builder.add(etc, "hosts", facts("file", 1));
  builder.addHardLink(0, "again", hosts, 2);
  builder.add(builder.add(etc, "deep", facts("dir", 3)), ".wh.gone", facts("file", 4));
  builder.add(etc, ".wh..wh..opq", facts("file", 5));
  return builder.finish();
}

function world() {
  let machine = createMachine({ sec: 1_700_000_000, nsec: 0 });
  const call = <K extends CallType>(type: K, args: SystemCalls[K]["args"]): Result<K> => {
    const time = { sec: machine.time.sec + 1, nsec: 0 };
    const caller: { readonly type: K } & Caller = { type, pid: 1, time };
    const full: Call<K> = { ...args, ...caller };
    const done = step(machine, full);
    machine = done.machine;
    return done;
  };
  const list = (path: string) =>
    call("readdir", { target: path })
      .value?.map(({ name }) => name)
      .toSorted();
  const free = () => {
    const { value } = call("statfs", { path: "/t" });
    return [value?.blocksFree, value?.filesFree];
  };
  return { call, list, free };
}

it("a grafted directory shows the tree, in the same file system, and can be written and moved", () => {
  const { call, list } = world();
  for (const path of ["/a", "/a/x", "/b"]) call("mkdir", { path });
  const tree = layer();
  expect(call("graft", { path: "/a/x", tree, marks: "aufs" }).errno).toBeNull();
  expect(call("graft", { path: "/b", tree, marks: "overlay" }).errno).toBeNull();
  expect(list("/a/x")).toEqual(["again", "etc"]);
  expect(list("/a/x/etc/deep")).toEqual([".wh.gone"]);
  expect(list("/b/etc")).toEqual(["deep", "hosts"]);
  expect(call("lstat", { path: "/b/etc/deep/gone" }).value).toMatchObject({
    kind: "char",
    rdev: [0, 0],
  });
  expect(call("lstat", { path: "/a/x/etc/hosts" }).value).toMatchObject({
    size: 5000,
    uid: 7,
    nlink: 2,
    dev: call("lstat", { path: "/a" }).value?.dev,
    ino: call("lstat", { path: "/a/x/again" }).value?.ino,
  });
  expect(call("lstat", { path: "/b/again" }).value?.ino).not.toBe(
    call("lstat", { path: "/a/x/again" }).value?.ino,
  );
  expect(call("rename", { from: "/a/x/etc/hosts", to: "/b/hosts" }).errno).toBeNull();
  expect(call("chmod", { target: "/b/hosts", mode: 0o600 }).errno).toBeNull();
  expect(call("lstat", { path: "/a/x/again" }).value?.mode).toBe(0o600);
  expect(call("rename", { from: "/a/x", to: "/a/y" }).errno).toBeNull();
  expect(list("/a/y/etc")).toEqual([".wh..wh..opq", "deep"]);
  expect(call("chdir", { target: "/a/y/etc/deep" }).errno).toBeNull();
  expect(call("getcwd", {}).value).toBe("/a/y/etc/deep");
  expect(call("stat", { path: "../../../y/etc" }).errno).toBeNull();
});

it("only an empty directory of a plain file system can be grafted", () => {
  const { call } = world();
  const tree = layer();
  for (const path of ["/d", "/d/e", "/l", "/u", "/m"]) call("mkdir", { path });
  expect(call("graft", { path: "/d", tree, marks: "aufs" }).errno).toBe("ENOTEMPTY");
  expect(call("graft", { path: "/none", tree, marks: "aufs" }).errno).toBe("ENOENT");
  const branches = [{ path: "/u", permission: "rw" } as const];
  call("mount", { path: "/m", source: { type: "aufs", branches } });
  expect(call("graft", { path: "/m", tree, marks: "aufs" }).errno).toBe("EINVAL");
});

it("what is discarded gives back its inodes and its bytes, but for files with names elsewhere", () => {
  const { call, list, free } = world();
  call("mkdir", { path: "/t" });
  call("mount", { path: "/t", source: { type: "tmpfs", size: 1_048_576, inodes: 100 } });
  call("mkdir", { path: "/t/keep" });
  const before = free();
  call("mkdir", { path: "/t/a" });
  call("graft", { path: "/t/a", tree: layer(), marks: "aufs" });
  const full = free();
  expect(full).not.toEqual(before);
  call("link", { from: "/t/a/again", to: "/t/keep/hosts" });
  expect(call("discard", { path: "/t/a" }).errno).toBeNull();
  expect(list("/t")).toEqual(["keep"]);
  expect(call("lstat", { path: "/t/keep/hosts" }).value?.nlink).toBe(1);
  call("unlink", { path: "/t/keep/hosts" });
  expect(free()).toEqual(before);
});

it("what someone holds is not discarded", () => {
  const { call } = world();
  call("mkdir", { path: "/a" });
  call("graft", { path: "/a", tree: layer(), marks: "aufs" });
  const fd = call("open", { path: "/a/etc/hosts", flags: ["O_RDONLY"] }).value ?? -1;
  expect(call("discard", { path: "/a" }).errno).toBe("EBUSY");
  call("close", { fd });
  expect(call("discard", { path: "/a" }).errno).toBeNull();
});
