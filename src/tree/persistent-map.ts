/**
 * An immutable map from strings or whole numbers: a hash trie, eight ways a level.
 *
 * Setting or deleting copies one path of the trie, O(log8 n), and shares the rest with the map before. Iteration goes
 * in the order of hashes, which depends on the keys alone and not on the order in which they came.
 */
export interface PersistentMap<K extends string | number, V> {
  readonly root: Slot<K, V> | null;
}

interface Leaf<K, V> {
  readonly hash: number;
  readonly key: K;
  readonly value: V;
}
/** A bitmap with one bit for each of the eight ways that are there, then those: an array costs least memory. */
type Branching<K, V> = readonly [bitmap: number, ...slots: Slot<K, V>[]];
/** Keys whose 32-bit hashes are equal. */
interface Collision<K, V> {
  readonly hash: number;
  readonly leaves: readonly Leaf<K, V>[];
}
type Slot<K, V> = Leaf<K, V> | Branching<K, V> | Collision<K, V>;

const BITS = 3;
const MASK = 7;

const EMPTY: PersistentMap<never, never> = Object.freeze({ root: null });

/** A map without entries. */
export function emptyMap<K extends string | number, V>(): PersistentMap<K, V> {
  return EMPTY;
}

export function isEmptyMap(
  map: PersistentMap<string, unknown> | PersistentMap<number, unknown>,
): boolean {
  return map.root === null;
}

/** The value of `key`, or undefined. */
export function mapGet<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
): V | undefined {
  let slot = map.root;
  if (slot === null) return undefined;
  let hash = hashOf(key);
  while (isBranching(slot)) {
    const bit = 1 << (hash & MASK);
    const bitmap: number = slot[0];
    if ((bitmap & bit) === 0) return undefined;
    slot = slotAt(slot, bitCount(bitmap & (bit - 1)) + 1);
    hash >>>= BITS;
  }
  if ("key" in slot) return slot.key === key ? slot.value : undefined;
  for (const leaf of slot.leaves) if (leaf.key === key) return leaf.value;
  return undefined;
}

/** The map with `key` set to `value`. */
export function mapSet<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
  value: V,
): PersistentMap<K, V> {
  const leaf: Leaf<K, V> = { hash: hashOf(key), key, value };
  return { root: map.root === null ? leaf : insert(map.root, leaf, 0) };
}

/** The map without `key`; the same map when it is not there. */
export function mapDelete<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
): PersistentMap<K, V> {
  if (map.root === null || mapGet(map, key) === undefined) return map;
  return { root: without(map.root, key, hashOf(key), 0) };
}

/** Every entry, in the order of hashes. */
export function* mapEntries<K extends string | number, V>(
  map: PersistentMap<K, V>,
): Generator<readonly [key: K, value: V]> {
  if (map.root !== null) yield* entriesIn(map.root);
}

function* entriesIn<K, V>(slot: Slot<K, V>): Generator<readonly [key: K, value: V]> {
  if (isBranching(slot)) for (let i = 1; i < slot.length; i++) yield* entriesIn(slotAt(slot, i));
  else if ("key" in slot) yield [slot.key, slot.value];
  else for (const leaf of slot.leaves) yield [leaf.key, leaf.value];
}

function isBranching<K, V>(slot: Slot<K, V>): slot is Branching<K, V> {
  return Array.isArray(slot);
}

function slotAt<K, V>(branching: Branching<K, V>, at: number): Slot<K, V> {
  const slot = branching[at];
  if (typeof slot !== "object") throw new RangeError(`no slot ${at}`);
  return slot;
}

function insert<K, V>(slot: Slot<K, V>, leaf: Leaf<K, V>, shift: number): Slot<K, V> {
  if (isBranching(slot)) {
    const bit = 1 << ((leaf.hash >>> shift) & MASK);
    const [bitmap] = slot;
    const at = bitCount(bitmap & (bit - 1)) + 1;
    if ((bitmap & bit) !== 0)
      return replaced(slot, at, insert(slotAt(slot, at), leaf, shift + BITS));
    const copy: [number, ...Slot<K, V>[]] = [bitmap | bit];
    for (let i = 1; i < at; i++) copy.push(slotAt(slot, i));
    copy.push(leaf);
    for (let i = at; i < slot.length; i++) copy.push(slotAt(slot, i));
    return copy;
  }
  if (slot.hash !== leaf.hash) return fork(slot, leaf, shift);
  if ("key" in slot)
    return slot.key === leaf.key ? leaf : { hash: leaf.hash, leaves: sorted([slot, leaf]) };
  const others = slot.leaves.filter((other) => other.key !== leaf.key);
  return { hash: leaf.hash, leaves: sorted([...others, leaf]) };
}

function replaced<K, V>(branching: Branching<K, V>, at: number, slot: Slot<K, V>): Branching<K, V> {
  const copy: [number, ...Slot<K, V>[]] = [...branching];
  copy[at] = slot;
  return copy;
}

/** A branching that holds two slots whose hashes differ. */
function fork<K, V>(
  old: Leaf<K, V> | Collision<K, V>,
  leaf: Leaf<K, V>,
  shift: number,
): Slot<K, V> {
  const oldWay = (old.hash >>> shift) & MASK;
  const newWay = (leaf.hash >>> shift) & MASK;
  if (oldWay === newWay) return [1 << oldWay, fork(old, leaf, shift + BITS)];
  const bitmap = (1 << oldWay) | (1 << newWay);
  return oldWay < newWay ? [bitmap, old, leaf] : [bitmap, leaf, old];
}

/** `slot` without a key that is in it; null when nothing is left. */
function without<K, V>(slot: Slot<K, V>, key: K, hash: number, shift: number): Slot<K, V> | null {
  if (!isBranching(slot)) {
    if ("key" in slot) return null;
    const leaves = slot.leaves.filter((leaf) => leaf.key !== key);
    return leaves.length === 1 ? leaves[0]! : { hash: slot.hash, leaves };
  }
  const bit = 1 << ((hash >>> shift) & MASK);
  const [bitmap] = slot;
  const at = bitCount(bitmap & (bit - 1)) + 1;
  const inner = without(slotAt(slot, at), key, hash, shift + BITS);
  // A branching of one leaf is that leaf, or equal maps would differ in shape.
  if (inner !== null)
    return slot.length === 2 && !isBranching(inner) ? inner : replaced(slot, at, inner);
  if (slot.length === 2) return null;
  const copy: [number, ...Slot<K, V>[]] = [bitmap & ~bit];
  for (let i = 1; i < slot.length; i++) if (i !== at) copy.push(slotAt(slot, i));
  const [, only] = copy;
  return copy.length === 2 && only !== undefined && !isBranching(only) ? only : copy;
}

function sorted<K, V>(leaves: Leaf<K, V>[]): Leaf<K, V>[] {
  return leaves.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function hashOf(key: string | number): number {
  if (typeof key === "number") return key | 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

/** Bits set in a byte. */
function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x55);
  count = (count & 0x33) + ((count >>> 2) & 0x33);
  return (count + (count >>> 4)) & 0x0f;
}
