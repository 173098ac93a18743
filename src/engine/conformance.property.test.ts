import fc from "fast-check";
import { expect, it } from "vitest";
import { replay } from "./conformance.ts";
import {
  type CaseBranch,
  type CaseEntry,
  type CaseStep,
  type ConformanceCase,
  firstDifference,
} from "./conformance-case.ts";

/** Cases in the recorder's whole vocabulary: every call, flag, permission and option that a recording may have. */

const path = fc
  .array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
  .map((names) => `/${names.join("/")}`);
const mode = fc.constantFrom("0644", "0755", "0700", "0000", "2755", "1777", "4755");
const owner = fc.constantFrom(0, 7, 1000);
const size = fc.constantFrom(0, 1, 9, 40, -1);
const fd = fc.constantFrom("FD3", "FD4", "FD5");
const flags = fc.constantFrom(
  "O_RDONLY",
  "O_RDWR",
  "O_WRONLY|O_APPEND",
  "O_WRONLY|O_TRUNC",
  "O_RDWR|O_CREAT",
  "O_WRONLY|O_CREAT|O_EXCL",
  "O_WRONLY|O_CREAT|O_TRUNC",
  "O_RDONLY|O_DIRECTORY",
  "O_RDONLY|O_NOFOLLOW",
);
type Arguments = readonly fc.Arbitrary<string | number>[];
const whence = fc.constantFrom("SEEK_SET", "SEEK_CUR", "SEEK_END");
const CALLS: Readonly<Record<string, Arguments>> = {
  open: [path, flags, mode],
  close: [fd],
  read: [fd, fc.nat(40)],
  pread: [fd, fc.nat(40), fc.nat(9)],
  write: [fd, fc.constantFrom("", "n", "nnnn")],
  pwrite: [fd, fc.constantFrom("", "n", "nnnn"), fc.nat(9)],
  lseek: [fd, size, whence],
  ftruncate: [fd, size],
  fstat: [fd],
  fchmod: [fd, mode],
  truncate: [path, size],
  stat: [path],
  lstat: [path],
  readdir: [fc.oneof(path, fd)],
  mkdir: [path, mode],
  rmdir: [path],
  unlink: [path],
  rename: [path, path],
  link: [path, path],
  linkfollow: [path, path],
  symlink: [fc.constantFrom("a", "../b", "nowhere", ".."), path],
  readlink: [path],
  chmod: [path, mode],
  chown: [path, owner, owner],
  lchown: [path, owner, owner],
  utimens: [path, fc.constant(1_100_000_000), fc.constant(1_200_000_000)],
  mknod: [path, fc.constant("fifo"), mode],
};
const step: fc.Arbitrary<CaseStep> = fc.constantFrom(...Object.keys(CALLS)).chain((name) =>
  fc.record(
    {
      call: fc.tuple(fc.constant(name), ...(CALLS[name] ?? [])),
      bind: fd,
      as: fc.constantFrom([1000, 1000] as const, [1000, 7] as const),
    },
    { requiredKeys: name === "open" ? ["call", "bind"] : ["call"] },
  ),
);

/** Entries without those whose parent is no directory, whose path is taken, whose link would have no target, and second marks. */
function branchOf(drawn: readonly CaseEntry[]): readonly CaseEntry[] {
  const types = new Map<string, string>([["", "dir"]]);
  return drawn.filter(({ type, path: at, target = "" }) => {
    if (type === "opaque") {
      const isFirst = types.get(at) === "dir" && !types.has(`${at}/`);
      if (isFirst) types.set(`${at}/`, type);
      return isFirst;
    }
    if (types.get(at.slice(0, at.lastIndexOf("/"))) !== "dir" || types.has(at)) return false;
    const isLinked = type !== "hardlink" || ["file", "fifo"].includes(types.get(target) ?? "");
    if (isLinked) types.set(at, type);
    return isLinked;
  });
}
const entry: fc.Arbitrary<CaseEntry> = fc
  .record({
    type: fc.constantFrom(
      "dir",
      "dir",
      "file",
      "symlink",
      "fifo",
      "hardlink",
      "whiteout",
      "opaque",
    ),
    path,
    target: path,
    mode,
    uid: owner,
    data: fc.constantFrom("", "x", "zzzzzz"),
  })
  .map(({ mode: bits, data, ...rest }) => ({
    ...rest,
    ...(rest.type === "dir" || rest.type === "file" ? { mode: bits } : {}),
    ...(rest.type === "file" ? { data } : {}),
  }));
const entries = fc.array(entry, { maxLength: 8 }).map(branchOf);

/** One word of each list, or none of it. */
function options(...lists: readonly (readonly string[])[]): fc.Arbitrary<readonly string[]> {
  return fc
    .tuple(...lists.map((list) => fc.constantFrom(null, ...list)))
    .map((words) => words.filter((word) => word !== null));
}
const OPTIONS = {
  aufs: options(
    ["dirperm1"],
    ["diropq=a"],
    ["noplink"],
    ["udba=none", "udba=notify"],
    ["create=tdp", "create=rr", "create=mfs", "create=pmfs", "create=tdmfs:1"],
    ["cpup=tdp", "cpup=bup", "cpup=bu"],
  ),
  overlay: fc.constantFrom(
    [],
    ["redirect_dir=on"],
    ["redirect_dir=nofollow"],
    ["index=on"],
    ["redirect_dir=on", "index=on"],
    ["metacopy=on", "redirect_dir=on"],
    ["metacopy=on", "index=on", "xino=on"],
    ["nfs_export=on"],
  ),
};

function caseOf(fs: "aufs" | "overlay"): fc.Arbitrary<ConformanceCase> {
  const below = fs === "aufs" ? ["ro", "ro+wh", "rr", "rr+wh", "rw"] : ["ro+wh"];
  const lower = fc.record({ perm: fc.constantFrom(...below), entries });
  const branches: fc.Arbitrary<readonly CaseBranch[]> = fc
    .tuple(entries, fc.array(lower, { minLength: 1, maxLength: 3 }))
    .map(([top, others]) => [{ perm: "rw", entries: top }, ...others]);
  return fc.record({
    name: fc.constant("random"),
    fs: fc.constant(fs),
    options: OPTIONS[fs],
    branches,
    steps: fc.array(step, { maxLength: 25 }),
  });
}

it.each(["aufs", "overlay"] as const)(
  "[P8] whatever a recording may ask of %s is answered, the same way twice",
  (fs) => {
    fc.assert(
      fc.property(caseOf(fs), (asked) => {
        const done = replay(asked);
        for (const { ret, errno } of done.steps)
          expect(ret === undefined).toBe(errno !== undefined);
        expect(firstDifference(done, replay(asked))).toBe(null);
      }),
      { numRuns: 100 },
    );
  },
);

it("[D-06] a file made below a whiteout of a read-only branch works through its descriptor", () => {
  const steps: CaseStep[] = [
    { call: ["open", "/b/f", "O_RDWR|O_CREAT", "0644"], bind: "FD3" },
    { call: ["write", "FD3", "x"] },
    { call: ["fstat", "FD3"] },
    { call: ["close", "FD3"] },
    { call: ["lstat", "/b/f"] },
  ];
  const whiteout: readonly CaseEntry[] = [
    { type: "dir", path: "/b" },
    { type: "whiteout", path: "/b/f" },
  ];
  const branches = [
    { perm: "rw", entries: [] },
    { perm: "rr+wh", entries: whiteout },
    { perm: "rw", entries: [] },
  ];
  const done = replay({ name: "d", fs: "aufs", options: ["create=mfs"], branches, steps });
  expect(done.steps.map(({ ret, errno }) => errno ?? ret)).toEqual([
    "FD3",
    1,
    { type: "file", mode: "0644", uid: 0, gid: 0, size: 1, nlink: 1 },
    0,
    "ENOENT",
  ]);
});
