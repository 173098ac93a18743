import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { childOf, contentOf, pathOf, rowAt } from "../tree/column-tree.ts";
import { type Content, contentLength } from "../tree/content.ts";
import { type LayerEntry, writeLayer } from "./layer-tar.ts";

const plain = { mode: 0o644, uid: 0, gid: 0, mtime: 1_700_000_000 } as const;
const text = (value: string): Content => [
  { type: "bytes", bytes: new TextEncoder().encode(value) },
];

function bytesOf(content: Content): Uint8Array {
  const bytes = new Uint8Array(contentLength(content));
  let at = 0;
  for (const piece of content) {
    if (piece.type === "bytes") bytes.set(piece.bytes, at);
    at += piece.type === "bytes" ? piece.bytes.length : piece.length;
  }
  return bytes;
}

const LONG = `${"d".repeat(120)}/${"f".repeat(130)}`;
const ENTRIES: readonly LayerEntry[] = [
  { ...plain, path: "etc", kind: "dir", mode: 0o755 },
  { ...plain, path: "etc/hosts", kind: "file", content: text("hello\n"), uid: 3_000_000 },
  { ...plain, path: "etc/again", kind: "file", linkTo: "etc/hosts" },
  { ...plain, path: "mtab", kind: "symlink", mode: 0o777, target: "/proc/mounts" },
  { ...plain, path: "dev/null", kind: "char", rdev: [1, 3] },
  { ...plain, path: LONG, kind: "file", content: text("deep") },
  { ...plain, path: "names/中文", kind: "file", content: [{ type: "zeros", length: 600 }] },
  { ...plain, path: `names/bad\udcff${"x".repeat(110)}`, kind: "file", mtime: -5 },
];

it("GNU tar reads what the writer wrote", () => {
  const { tar } = writeLayer(ENTRIES, "layer");
  const bytes = bytesOf(tar);
  expect(bytes.length % 512).toBe(0);
  const listing = execFileSync("tar", ["--numeric-owner", "-tvf", "-"], {
    input: bytes,
    encoding: "latin1",
    env: { TZ: "UTC", LC_ALL: "C" },
  });
  const lines = listing.trimEnd().split("\n");
  expect(lines).toHaveLength(ENTRIES.length);
  expect(lines[1]).toMatch(/^-rw-r--r-- 3000000\/0 +6 2023-11-14 22:13 etc\/hosts$/);
  expect(lines[2]).toMatch(/^hrw.* link to etc\/hosts$/);
  expect(lines[3]).toMatch(/mtab -> \/proc\/mounts$/);
  expect(lines[4]).toMatch(/^crw.* 1,3 .*dev\/null$/);
  expect(lines[5]).toContain(LONG);
  expect(lines[6]).toMatch(/600 .*names\/\\344\\270\\255\\346\\226\\207$/);
  expect(lines[7]).toMatch(/1969-12-31 .*names\/bad\\377x+$/);
});

it("the tree's offsets point at the content in the tar", () => {
  const { tar, tree } = writeLayer(ENTRIES, "layer");
  const bytes = bytesOf(tar);
  const [piece] = contentOf(tree, rowAt(tree, "/etc/hosts"));
  expect(piece?.type).toBe("blob");
  if (piece?.type !== "blob") return;
  expect(piece.blob).toBe("layer");
  const found = bytes.subarray(piece.offset, piece.offset + piece.length);
  expect(new TextDecoder().decode(found)).toBe("hello\n");
  const etc = rowAt(tree, "/etc");
  expect(tree.inode[childOf(tree, etc, "again")]).toBe(tree.inode[childOf(tree, etc, "hosts")]);
  expect(pathOf(tree, rowAt(tree, `/${LONG}`))).toBe(`/${LONG}`);
});
