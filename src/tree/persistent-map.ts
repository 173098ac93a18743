/**
 * An immutable map from strings or whole numbers: a hash trie, sixteen ways a level.
 *
 * Setting or deleting copies one path of the trie, O(log16 n), and shares the rest with the map before. Iteration goes
 * in the order of hashes, which depends on the keys alone and not on the order in which they came.
 */
export interface PersistentMap<K extends string | number, V> {
  readonly root: Slot<K, V> | null;
}

interface Leaf<K, V> {
  readonly tag: 0;
  readonly hash: number;
  readonly key: K;
  readonly value: V;
}
interface Branching<K, V> {
  readonly tag: 1;
  /** One bit for each of the sixteen ways that `slots` holds. */
  readonly bitmap: number;
  readonly slots: readonly Slot<K, V>[];
}
/** Keys whose 32-bit hashes are equal. */
interface Collision<K, V> {
  readonly tag: 2;
  readonly hash: number;
  readonly leaves: readonly Leaf<K, V>[];
}
type Slot<K, V> = Leaf<K, V> | Branching<K, V> | Collision<K, V>;

const BITS = 4;
const MASK = 15;

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
  const hash = hashOf(key);
  for (let shift = 0; slot.tag === 1; shift += BITS) {
    const bit = 1 << ((hash >>> shift) & MASK);
    if ((slot.bitmap & bit) === 0) return undefined;
    slot = slot.slots[bitCount(slot.bitmap & (bit - 1))]!;
  }
  if (slot.tag === 0) return slot.key === key ? slot.value : undefined;
  for (const leaf of slot.leaves) if (leaf.key === key) return leaf.value;
  return undefined;
}

/** The map with `key` set to `value`. */
export function mapSet<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
  value: V,
): PersistentMap<K, V> {
  const leaf: Leaf<K, V> = { tag: 0, hash: hashOf(key), key, value };
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
  if (slot.tag === 0) yield [slot.key, slot.value];
  else if (slot.tag === 1) for (const inner of slot.slots) yield* entriesIn(inner);
  else for (const leaf of slot.leaves) yield [leaf.key, leaf.value];
}

function insert<K, V>(slot: Slot<K, V>, leaf: Leaf<K, V>, shift: number): Slot<K, V> {
  if (slot.tag === 1) {
    const bit = 1 << ((leaf.hash >>> shift) & MASK);
    const at = bitCount(slot.bitmap & (bit - 1));
    if ((slot.bitmap & bit) !== 0) {
      const slots = slot.slots.slice();
      slots[at] = insert(slots[at]!, leaf, shift + BITS);
      return { tag: 1, bitmap: slot.bitmap, slots };
    }
    const slots = new Array<Slot<K, V>>(slot.slots.length + 1);
    for (let i = 0; i < at; i++) slots[i] = slot.slots[i]!;
    slots[at] = leaf;
    for (let i = at; i < slot.slots.length; i++) slots[i + 1] = slot.slots[i]!;
    return { tag: 1, bitmap: slot.bitmap | bit, slots };
  }
  if (slot.hash !== leaf.hash) return fork(slot, leaf, shift);
  if (slot.tag === 0)
    return slot.key === leaf.key ? leaf : { tag: 2, hash: leaf.hash, leaves: sorted([slot, leaf]) };
  const others = slot.leaves.filter((other) => other.key !== leaf.key);
  return { tag: 2, hash: leaf.hash, leaves: sorted([...others, leaf]) };
}

/** A branching that holds two slots whose hashes differ. */
function fork<K, V>(
  old: Leaf<K, V> | Collision<K, V>,
  leaf: Leaf<K, V>,
  shift: number,
): Slot<K, V> {
  const oldWay = (old.hash >>> shift) & MASK;
  const newWay = (leaf.hash >>> shift) & MASK;
  if (oldWay === newWay)
    return { tag: 1, bitmap: 1 << oldWay, slots: [fork(old, leaf, shift + BITS)] };
  return {
    tag: 1,
    bitmap: (1 << oldWay) | (1 << newWay),
    slots: oldWay < newWay ? [old, leaf] : [leaf, old],
  };
}

/** `slot` without a key that is in it; null when nothing is left. */
function without<K, V>(slot: Slot<K, V>, key: K, hash: number, shift: number): Slot<K, V> | null {
  if (slot.tag === 0) return null;
  if (slot.tag === 2) {
    const leaves = slot.leaves.filter((leaf) => leaf.key !== key);
    return leaves.length === 1 ? leaves[0]! : { tag: 2, hash: slot.hash, leaves };
  }
  const bit = 1 << ((hash >>> shift) & MASK);
  const at = bitCount(slot.bitmap & (bit - 1));
  const inner = without(slot.slots[at]!, key, hash, shift + BITS);
  const slots = slot.slots.slice();
  if (inner !== null) {
    // A branching of one leaf is that leaf, or equal maps would differ in shape.
    if (slots.length === 1 && inner.tag !== 1) return inner;
    slots[at] = inner;
    return { tag: 1, bitmap: slot.bitmap, slots };
  }
  slots.splice(at, 1);
  if (slots.length === 0) return null;
  const only = slots[0]!;
  if (slots.length === 1 && only.tag !== 1) return only;
  return { tag: 1, bitmap: slot.bitmap & ~bit, slots };
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

function bitCount(bits: number): number {
  let count = bits - ((bits >>> 1) & 0x5555);
  count = (count & 0x3333) + ((count >>> 2) & 0x3333);
  count = (count + (count >>> 4)) & 0x0f0f;
  return (count + (count >>> 8)) & 0x1f;
}
