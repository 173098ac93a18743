import type { Content } from "../tree/content.ts";
import {
  frozenRow,
  type LiveNode,
  type LiveTree,
  NO_NODE,
  type NodeId,
  ROOT_NODE,
} from "../tree/live-tree.ts";
import { mapEntries, mapGet, type PersistentMap } from "../tree/persistent-map.ts";
import type { FileSystem, Machine } from "./machine.ts";

/**
 * One hash of everything that can be seen of a machine: trees, mounts, processes, descriptors, the clock.
 *
 * Sixteen hexadecimal digits. Equal machines have equal hashes whatever the order in which their names were made; a
 * frozen tree counts by its blob and by what was changed in it, so the cost is O(what was ever written), not O(tree).
 * Counters for numbers that are yet to be given out are left out. Not for security.
 */
export function stateHash(machine: Machine): string {
  const hasher = new Hasher();
  const { next: _next, fileSystems, ...rest } = machine;
  hashValue(hasher, rest);
  for (const [id, fs] of sortedEntries(fileSystems)) {
    hasher.text(`fs ${id}`);
    hashFileSystem(hasher, fs);
  }
  return hasher.digest();
}

function hashFileSystem(hasher: Hasher, fs: FileSystem): void {
  if (fs.type !== "plain") {
    hashValue(hasher, { ...fs, counter: 0 });
    return;
  }
  hashTree(hasher, fs.tree);
  hashValue(hasher, { disk: fs.maxDisk, inodes: fs.maxInodes });
  for (const [node] of sortedEntries(fs.holds))
    hasher.text(`held ${mapGet(fs.tree.nodes, node)?.nlink}`);
}

/** Names and inodes that are not as in the frozen tree; inodes made here are numbered in the order of their names. */
function hashTree(hasher: Hasher, tree: LiveTree): void {
  const numbers = new Map<NodeId, number>();
  const rows: (readonly [string, NodeId])[] = [];
  for (const [id] of mapEntries(tree.nodes)) {
    const row = frozenRow(tree, id);
    if (row !== null) rows.push([row, id]);
  }
  const visit = (id: NodeId): void => {
    const node = mapGet(tree.nodes, id);
    const row = frozenRow(tree, id);
    const number = numbers.get(id);
    if (row !== null) hasher.text(row);
    if (number !== undefined) hasher.text(`again ${number}`);
    if (number !== undefined || node === undefined) return;
    numbers.set(id, numbers.size);
    hashNode(hasher, node);
    if (node.directory === null) return;
    const { base } = node.directory;
    if (base !== NO_NODE && base !== id) hasher.text(frozenRow(tree, base) ?? "");
    for (const [name, entry] of sortedEntries(node.directory.entries)) {
      hasher.text(name);
      if (entry.node === NO_NODE) hasher.text("gone");
      else visit(entry.node);
    }
    hasher.text("end");
  };
  visit(ROOT_NODE);
  for (const [, id] of rows.sort((a, b) => (a[0] < b[0] ? -1 : 1))) visit(id);
}

function hashNode(hasher: Hasher, node: LiveNode): void {
  const { directory, content, ...attributes } = node;
  hashValue(hasher, attributes);
  hashContent(hasher, content);
  if (directory !== null) hasher.number(directory.count);
}

/** However the bytes are cut into pieces. */
function hashContent(hasher: Hasher, content: Content): void {
  let inBytes = false;
  for (const piece of content) {
    if (piece.type === "bytes") {
      if (!inBytes) hasher.text("bytes");
      hasher.bytes(piece.bytes);
    } else hashValue(hasher, piece);
    inBytes = piece.type === "bytes";
  }
}

function hashValue(hasher: Hasher, value: unknown): void {
  if (value === null || value === undefined || typeof value === "boolean")
    hasher.text(String(value));
  else if (typeof value === "number") hasher.number(value);
  else if (typeof value === "string") hasher.text(value);
  else if (value instanceof Uint8Array) hasher.bytes(value);
  else if (Array.isArray(value)) {
    hasher.number(value.length);
    for (const item of value) hashValue(hasher, item);
  } else if (isMap(value))
    for (const [key, item] of sortedEntries(value)) {
      hashValue(hasher, key);
      hashValue(hasher, item);
    }
  else if (typeof value === "object")
    for (const [key, item] of Object.entries(value).sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
      hasher.text(key);
      hashValue(hasher, item);
    }
}

/** A record with nothing but a root is a PersistentMap; nothing else in a machine looks like that. */
function isMap(value: unknown): value is PersistentMap<string, unknown> {
  if (typeof value !== "object" || value === null || !("root" in value)) return false;
  return Object.keys(value).length === 1;
}

function sortedEntries<K extends string | number, V>(
  map: PersistentMap<K, V>,
): (readonly [K, V])[] {
  return [...mapEntries(map)].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

/** Two lanes of 32 bits. */
class Hasher {
  #a = 0x811c9dc5;
  #b = 0x9e3779b1;

  #mix(value: number): void {
    this.#a = Math.imul(this.#a ^ value, 0x01000193);
    this.#b = Math.imul((this.#b << 5) | (this.#b >>> 27), 0x85ebca6b) ^ value;
  }

  text(text: string): void {
    this.#mix(text.length);
    for (let i = 0; i < text.length; i++) this.#mix(text.charCodeAt(i) + 1);
  }

  number(value: number): void {
    if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) this.#mix(value | 0);
    else this.text(String(value));
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.#mix(byte + 256);
  }

  digest(): string {
    const finish = (lane: number): string => {
      let mixed = Math.imul(lane ^ (lane >>> 16), 0x85ebca6b);
      mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
      return ((mixed ^ (mixed >>> 16)) >>> 0).toString(16).padStart(8, "0");
    };
    return finish(this.#a) + finish(this.#b ^ this.#a);
  }
}
