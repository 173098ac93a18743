import { type Content, contentLength, type Piece, pieceLength } from "../tree/content.ts";
import { sliceContent } from "../tree/content-edit.ts";
import { NO_NODE, PAGE } from "../tree/live-tree.ts";
import { mapDelete, mapGet, mapSet } from "../tree/persistent-map.ts";
import type { Call, DirectoryEntry, Fd } from "./call.ts";
import { isSameInode } from "./dentry.ts";
import { type Inode, MAY_READ, type OpenedFile } from "./dialect.ts";
import { dialectOf } from "./dialects.ts";
import { fail } from "./errno.ts";
import type { FileId, Pipe } from "./machine.ts";
import { fileIdOf, openedById, openedFile } from "./opened.ts";
import { letGo } from "./place.ts";
import type { Transaction } from "./transaction.ts";
import { walkPath } from "./walk.ts";

/** The system calls on descriptors, but for open. */

const PIPE_SIZE = 65_536;
/** Devices that do not only take what is written and give nothing, by their numbers. */
const DEVICES: Readonly<Record<string, "zero" | "full" | "random">> = Object.freeze({
  "1:5": "zero",
  "1:7": "full",
  "1:8": "random",
  "1:9": "random",
});

/** Enters an open file at the lowest free descriptor. */
export function enterDescriptor(tx: Transaction, file: FileId): Fd {
  const process = mapGet(tx.machine.processes, tx.pid) ?? tx.process;
  let fd = process.firstFree;
  while (mapGet(process.descriptors, fd) !== undefined) fd += 1;
  tx.setProcess({ descriptors: mapSet(process.descriptors, fd, file), firstFree: fd + 1 });
  return fd;
}

export function close(tx: Transaction, call: Call<"close">): null {
  const file = fileIdOf(tx, call.fd);
  const { descriptors, firstFree } = tx.process;
  tx.setProcess({
    descriptors: mapDelete(descriptors, call.fd),
    firstFree: Math.max(3, Math.min(firstFree, call.fd)),
  });
  releaseFile(tx, file);
  return null;
}

/** One descriptor or mapping less on an open file; the last one closes it. */
export function releaseFile(tx: Transaction, id: FileId): void {
  const file = tx.file(id);
  if (file.refs > 1) {
    tx.setFile(id, { refs: file.refs - 1 });
    return;
  }
  const opened = openedById(tx, id);
  if (!file.pathOnly) {
    if (opened.inode.kind === "fifo") leavePipe(tx, opened);
    dialectOf(tx, opened.inode.fs).release(tx, opened);
  }
  tx.opened.delete(id);
  tx.set({ files: mapDelete(tx.machine.files, id) });
  letGo(tx, file.place);
}

export function dup(tx: Transaction, call: Call<"dup">): Fd {
  const id = fileIdOf(tx, call.fd);
  if (call.to === undefined) {
    tx.setFile(id, { refs: tx.file(id).refs + 1 });
    return enterDescriptor(tx, id);
  }
  if (call.to < 0) fail("EBADF");
  if (call.to === call.fd) return call.fd;
  tx.setFile(id, { refs: tx.file(id).refs + 1 });
  const old = mapGet(tx.process.descriptors, call.to);
  tx.setProcess({ descriptors: mapSet(tx.process.descriptors, call.to, id) });
  if (old !== undefined) releaseFile(tx, old);
  return call.to;
}

export function read(tx: Transaction, call: Call<"read">): Content {
  const file = openedFile(tx, call.fd);
  const offset = tx.file(file.id).offset;
  const data = readAt(tx, file, offset, call.length);
  if (file.inode.kind === "file") tx.setFile(file.id, { offset: offset + contentLength(data) });
  return data;
}

export function pread(tx: Transaction, call: Call<"pread">): Content {
  const file = openedFile(tx, call.fd);
  if (call.offset < 0) fail("EINVAL");
  if (file.inode.kind === "fifo") fail("ESPIPE");
  return readAt(tx, file, call.offset, call.length);
}

function readAt(tx: Transaction, file: OpenedFile, offset: number, length: number): Content {
  if (!file.readable) fail("EBADF");
  if (length < 0) fail("EINVAL");
  const { kind } = file.inode;
  if (kind === "dir") fail("EISDIR");
  const dialect = dialectOf(tx, file.inode.fs);
  if (kind === "file") return dialect.read(tx, file, offset, length);
  if (kind === "fifo") return readPipe(tx, file, length);
  const device = deviceOf(tx, file);
  if (device === undefined || length === 0) return [];
  return device === "random" ? randomBytes(tx, length) : [{ type: "zeros", length }];
}

function deviceOf(tx: Transaction, file: OpenedFile) {
  return DEVICES[dialectOf(tx, file.inode.fs).peek(tx, file.dentry).rdev.join(":")];
}

/** What is drawn at once; more is the same again, so that a large file takes no more memory. */
const RANDOM_BLOCK = 65_536;
/** What Linux gives for one read. */
const MOST_RANDOM = 0x1ff_ffff;

/** Drawn from the time of the call, so that the same script draws the same bytes (xorshift32). */
function randomBytes({ time }: Transaction, length: number): Content {
  let state = (Math.imul(time.sec, 0x9e37_79b1) ^ time.nsec) | 1;
  const block = new Uint8Array(Math.min(length, RANDOM_BLOCK));
  for (let at = 0; at < block.length; at++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    block[at] = state >>> 16;
  }
  const content: Piece[] = [];
  for (let left = Math.min(length, MOST_RANDOM); left > 0; left -= block.length)
    content.push({ type: "bytes", bytes: left < block.length ? block.subarray(0, left) : block });
  return content;
}

export function write(tx: Transaction, call: Call<"write">): number {
  const file = openedFile(tx, call.fd);
  const start = tx.file(file.id).offset;
  const end = writeAt(tx, file, start, call.data);
  const length = contentLength(call.data);
  // O_APPEND moves the offset to the end only when there is something to write.
  if (file.inode.kind === "file" && length > 0) tx.setFile(file.id, { offset: end });
  return length;
}

export function pwrite(tx: Transaction, call: Call<"pwrite">): number {
  const file = openedFile(tx, call.fd);
  if (call.offset < 0) fail("EINVAL");
  if (file.inode.kind === "fifo") fail("ESPIPE");
  writeAt(tx, file, call.offset, call.data);
  return contentLength(call.data);
}

function writeAt(tx: Transaction, file: OpenedFile, offset: number, data: Content): number {
  if (!file.writable) fail("EBADF");
  if (file.inode.kind === "fifo") return writePipe(tx, file, data);
  if (file.inode.kind !== "file") {
    if (deviceOf(tx, file) === "full" && contentLength(data) > 0) fail("ENOSPC");
    return offset;
  }
  const dialect = dialectOf(tx, file.inode.fs);
  if (tx.credentials.uid !== 0 && contentLength(data) > 0) dropPrivileges(tx, file);
  return dialect.write(tx, file, offset, data);
}

/** A write by anyone but root takes setuid, and setgid where it means something, away. */
function dropPrivileges(tx: Transaction, file: OpenedFile): void {
  const dialect = dialectOf(tx, file.inode.fs);
  const { mode } = dialect.peek(tx, file.dentry);
  const left = mode & ~0o4000 & ((mode & 0o2010) === 0o2010 ? ~0o2000 : -1);
  if (left !== mode) dialect.setattr(tx, file.dentry, { mode: left, file, reason: "write" });
}

export function lseek(tx: Transaction, call: Call<"lseek">): number {
  const file = openedFile(tx, call.fd);
  if (file.inode.kind === "fifo") fail("ESPIPE");
  const offset = seekTo(tx, file, call);
  if (offset < 0) fail("EINVAL");
  tx.setFile(file.id, { offset });
  return offset;
}

function seekTo(tx: Transaction, file: OpenedFile, call: Call<"lseek">): number {
  const isRegular = file.inode.kind === "file";
  if (file.inode.kind === "char") return 0;
  if (call.whence === "SEEK_SET") return call.offset;
  if (call.whence === "SEEK_CUR") return tx.file(file.id).offset + call.offset;
  if (!isRegular && file.inode.kind !== "dir") return 0;
  const dialect = dialectOf(tx, file.inode.fs);
  const end = dialect.end(tx, file);
  if (call.whence === "SEEK_END") return end + call.offset;
  if (!isRegular) fail("EINVAL");
  if (call.offset < 0 || call.offset >= end) fail("ENXIO");
  const ranges = dataRanges(dialect.extents(tx, file), end);
  if (call.whence === "SEEK_DATA") {
    const range = ranges.find(([, to]) => to > call.offset) ?? fail("ENXIO");
    return Math.max(range[0], call.offset);
  }
  let at = call.offset;
  for (const [from, to] of ranges) if (from <= at && at < to) at = to;
  return Math.min(at, end);
}

/** Where a file has data, in whole pages, as tmpfs sees it; without extents, everywhere. */
function dataRanges(extents: Content | null, end: number): (readonly [from: number, to: number])[] {
  if (extents === null) return [[0, end]];
  const ranges: (readonly [number, number])[] = [];
  let at = 0;
  for (const piece of extents) {
    const next = at + pieceLength(piece);
    if (piece.type !== "zeros") {
      const last = ranges.at(-1);
      const from = Math.floor(at / PAGE) * PAGE;
      const to = Math.ceil(next / PAGE) * PAGE;
      if (last !== undefined && last[1] >= from) ranges[ranges.length - 1] = [last[0], to];
      else ranges.push([from, to]);
    }
    at = next;
  }
  return ranges;
}

export function fsync(tx: Transaction, call: Call<"fsync">): null {
  const file = openedFile(tx, call.fd);
  if (file.inode.kind !== "file" && file.inode.kind !== "dir") fail("EINVAL");
  dialectOf(tx, file.inode.fs).fsync(tx, file);
  return null;
}

export function fallocate(tx: Transaction, call: Call<"fallocate">): null {
  const file = openedFile(tx, call.fd);
  if (call.offset < 0 || call.length <= 0) fail("EINVAL");
  if (call.punchHole && !call.keepSize) fail("EOPNOTSUPP");
  if (!file.writable) fail("EBADF");
  if (file.inode.kind === "fifo") fail("ESPIPE");
  if (file.inode.kind === "dir") fail("EISDIR");
  if (file.inode.kind !== "file") fail("ENODEV");
  const { offset, length, keepSize = false, punchHole = false } = call;
  if (tx.credentials.uid !== 0) dropPrivileges(tx, file);
  dialectOf(tx, file.inode.fs).fallocate(tx, file, offset, length, keepSize, punchHole);
  return null;
}

export function copyFileRange(tx: Transaction, call: Call<"copyFileRange">): number {
  const from = openedFile(tx, call.from);
  const to = openedFile(tx, call.to);
  if (from.inode.kind === "dir" || to.inode.kind === "dir") fail("EISDIR");
  if (from.inode.kind !== "file" || to.inode.kind !== "file") fail("EINVAL");
  if (!from.readable || !to.writable || to.append) fail("EBADF");
  const start = call.fromOffset ?? tx.file(from.id).offset;
  const end = call.toOffset ?? tx.file(to.id).offset;
  if (start < 0 || end < 0 || call.length < 0) fail("EINVAL");
  const dialect = dialectOf(tx, from.inode.fs);
  const left = Math.max(0, dialect.fstat(tx, from).size - start);
  const length = Math.min(call.length, left);
  const overlaps = end + length > start && end < start + length;
  if (isSameInode(from.inode, to.inode) && overlaps) fail("EINVAL");
  const data = readAt(tx, from, start, length);
  const copied = contentLength(data);
  if (copied > 0) writeAt(tx, to, end, data);
  if (call.fromOffset === undefined) tx.setFile(from.id, { offset: start + copied });
  if (call.toOffset === undefined) tx.setFile(to.id, { offset: end + copied });
  return copied;
}

export function readdir(tx: Transaction, call: Call<"readdir">): readonly DirectoryEntry[] {
  if (typeof call.target === "number") {
    const file = openedFile(tx, call.target);
    if (file.inode.kind !== "dir") fail("ENOTDIR");
    const entries = dialectOf(tx, file.inode.fs).readdir(tx, file.dentry);
    const { offset } = tx.file(file.id);
    tx.setFile(file.id, { offset: Math.max(offset, entries.length) });
    return entries.slice(offset);
  }
  const at = walkPath(tx, call.target, true);
  if (at.inode.kind !== "dir") fail("ENOTDIR");
  const dialect = dialectOf(tx, at.dentry.fs);
  dialect.permission(tx, at.dentry, MAY_READ);
  return dialect.readdir(tx, at.dentry);
}

/** Opens an end of a FIFO without waiting: to write alone needs a reader. */
export function enterPipe(
  tx: Transaction,
  inode: Inode,
  readable: boolean,
  writable: boolean,
): void {
  const key = pipeKey(inode);
  const pipe = mapGet(tx.machine.pipes, key) ?? EMPTY_PIPE;
  tx.set({
    pipes: mapSet(tx.machine.pipes, key, {
      ...pipe,
      readers: pipe.readers + (readable ? 1 : 0),
      writers: pipe.writers + (writable ? 1 : 0),
    }),
  });
}

/** Whether someone reads a FIFO. */
export function hasReader(tx: Transaction, inode: Inode): boolean {
  return (mapGet(tx.machine.pipes, pipeKey(inode))?.readers ?? 0) > 0;
}

const EMPTY_PIPE: Pipe = Object.freeze({ content: Object.freeze([]), readers: 0, writers: 0 });

function leavePipe(tx: Transaction, file: OpenedFile): void {
  const key = pipeKey(file.inode);
  const pipe = mapGet(tx.machine.pipes, key) ?? EMPTY_PIPE;
  const readers = pipe.readers - (file.readable ? 1 : 0);
  const writers = pipe.writers - (file.writable ? 1 : 0);
  const { pipes } = tx.machine;
  tx.set({
    pipes:
      readers + writers === 0
        ? mapDelete(pipes, key)
        : mapSet(pipes, key, { ...pipe, readers, writers }),
  });
}

function readPipe(tx: Transaction, file: OpenedFile, length: number): Content {
  const key = pipeKey(file.inode);
  const pipe = mapGet(tx.machine.pipes, key) ?? EMPTY_PIPE;
  const held = contentLength(pipe.content);
  if (held === 0) return pipe.writers > 0 && length > 0 ? fail("EAGAIN") : [];
  const data = sliceContent(pipe.content, 0, length);
  const content = sliceContent(pipe.content, length, held);
  tx.set({ pipes: mapSet(tx.machine.pipes, key, { ...pipe, content }) });
  return data;
}

function writePipe(tx: Transaction, file: OpenedFile, data: Content): number {
  const key = pipeKey(file.inode);
  const pipe = mapGet(tx.machine.pipes, key) ?? EMPTY_PIPE;
  if (contentLength(pipe.content) + contentLength(data) > PIPE_SIZE) fail("EAGAIN");
  const content = [...pipe.content, ...data];
  tx.set({ pipes: mapSet(tx.machine.pipes, key, { ...pipe, content }) });
  return 0;
}

/** By what an open FIFO is found: its inode. */
function pipeKey(inode: Inode): string {
  return inode.node === NO_NODE ? `${inode.pin}` : `${inode.fs}:${inode.node}`;
}
