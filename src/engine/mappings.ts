import { type Content, contentLength } from "../tree/content.ts";
import { resizeContent, sliceContent, writeContent } from "../tree/content-edit.ts";
import { PAGE, ROOT_NODE } from "../tree/live-tree.ts";
import { mapDelete, mapEntries, mapGet, mapSet } from "../tree/persistent-map.ts";
import type { Call } from "./call.ts";
import { releaseFile } from "./descriptors.ts";
import { dialectOf } from "./dialects.ts";
import { fail } from "./errno.ts";
import type { MapId, Mapping } from "./machine.ts";
import { openedFile } from "./opened.ts";
import type { Transaction } from "./transaction.ts";

/** mmap and what a program does to the memory it gets. */

export function mmap(tx: Transaction, call: Call<"mmap">): MapId {
  const file = openedFile(tx, call.fd);
  if (call.length <= 0 || call.offset < 0 || call.offset % PAGE !== 0) fail("EINVAL");
  if (!file.readable) fail("EACCES");
  if (call.shared && call.write && !file.writable) fail("EACCES");
  if (file.inode.kind !== "file") fail("ENODEV");
  const dialect = dialectOf(tx, file.inode.fs);
  const backing = dialect.mmap(tx, file, call.shared, call.write);
  tx.branch(backing.fs, null, backing.fs, ROOT_NODE).hold(backing.node);
  tx.setFile(file.id, { refs: tx.file(file.id).refs + 1 });
  const id = tx.take();
  const { offset, length, write, shared } = call;
  const mapping: Mapping = {
    pid: tx.pid,
    file: file.id,
    backing,
    offset,
    length,
    write,
    shared,
    private: null,
  };
  tx.set({ mappings: mapSet(tx.machine.mappings, id, mapping) });
  return id;
}

export function munmap(tx: Transaction, call: Call<"munmap">): null {
  unmap(tx, call.map, mappingOf(tx, call.map));
  return null;
}

/** What the end of a process does to its mappings. */
export function unmapAll(tx: Transaction): void {
  const mine = [...mapEntries(tx.machine.mappings)].filter(([, { pid }]) => pid === tx.pid);
  for (const [id, mapping] of mine.sort((a, b) => a[0] - b[0])) unmap(tx, id, mapping);
}

export function load(tx: Transaction, call: Call<"load">): Content {
  const mapping = mappingOf(tx, call.map);
  const content = window(tx, mapping, call.offset, call.length);
  const { fs, node } = mapping.backing;
  const size = backingContent(tx, mapping).size;
  const bytes = contentLength(content);
  if (mapping.private === null)
    tx.emit({
      type: "data-read",
      fs,
      path: tx.file(mapping.file).path,
      branch: null,
      offset: mapping.offset + call.offset,
      bytes,
      backing: `${fs}:${node}`,
      size,
    });
  return content;
}

export function store(tx: Transaction, call: Call<"store">): null {
  const mapping = mappingOf(tx, call.map);
  if (!mapping.write) fail("EFAULT");
  const length = contentLength(call.data);
  window(tx, mapping, call.offset, length);
  if (!mapping.shared) {
    const own = mapping.private ?? window(tx, mapping, 0, reach(tx, mapping));
    const changed = writeContent(own, call.offset, call.data);
    tx.set({ mappings: mapSet(tx.machine.mappings, call.map, { ...mapping, private: changed }) });
    return null;
  }
  const { fs, node } = mapping.backing;
  const branch = tx.branch(fs, null, fs, ROOT_NODE);
  const { content, size } = branch.node(node);
  const at = mapping.offset + call.offset;
  const data = sliceContent(call.data, 0, Math.max(0, size - at));
  if (contentLength(data) === 0) return null;
  const path = tx.file(mapping.file).path;
  branch.setContent(node, writeContent(content, at, data), path, "write", contentLength(data));
  branch.adjust(node, { mtime: tx.time, ctime: tx.time });
  return null;
}

function unmap(tx: Transaction, id: MapId, mapping: Mapping): void {
  tx.set({ mappings: mapDelete(tx.machine.mappings, id) });
  const { fs, node } = mapping.backing;
  tx.branch(fs, null, fs, ROOT_NODE).release(node);
  releaseFile(tx, mapping.file);
}

function mappingOf(tx: Transaction, id: MapId): Mapping {
  const mapping = mapGet(tx.machine.mappings, id);
  if (mapping === undefined || mapping.pid !== tx.pid) fail("EINVAL");
  return mapping;
}

/** The memory asked for. Past the file's last page it does not exist: EFAULT, where a program gets SIGBUS. */
function window(tx: Transaction, mapping: Mapping, offset: number, length: number): Content {
  if (offset < 0 || length < 0 || offset + length > mapping.length) fail("EFAULT");
  if (offset + length > reach(tx, mapping)) fail("EFAULT");
  if (mapping.private !== null) return sliceContent(mapping.private, offset, offset + length);
  const { content } = backingContent(tx, mapping);
  const start = mapping.offset + offset;
  return resizeContent(sliceContent(content, start, start + length), length);
}

/** How much of the mapping has pages behind it. */
function reach(tx: Transaction, mapping: Mapping): number {
  const pages = Math.ceil(backingContent(tx, mapping).size / PAGE) * PAGE;
  return Math.max(0, Math.min(mapping.length, pages - mapping.offset));
}

function backingContent(tx: Transaction, mapping: Mapping): { content: Content; size: number } {
  const { fs, node } = mapping.backing;
  return tx.branch(fs, null, fs, ROOT_NODE).node(node);
}
