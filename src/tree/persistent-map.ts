/**
 * An immutable map from strings or whole numbers: a hash trie, four ways a level.
 *
 * Setting or deleting copies one path of the trie, O(log4 n), and shares the rest with the map before. Iteration goes
 * in the order of hashes, which depends on the keys alone and not on the order in which they came. A map is its topmost
 * part itself, and parts have fixed fields: histories keep many maps that differ by one path, so a path must be small.
 */
export type PersistentMap<K extends string | number, V> = Part<K, V>;

interface Leaf<K, V> {
  readonly key: K;
  readonly value: V;
}
/** By two bits of the hash, the lowest first. All four are null in the empty map alone. */
interface Branching<K, V> {
  readonly way0: Part<K, V> | null;
  readonly way1: Part<K, V> | null;
  readonly way2: Part<K, V> | null;
  readonly way3: Part<K, V> | null;
}
/** Keys whose 32-bit hashes are equal. */
interface Collision<K, V> {
  readonly leaves: readonly [Leaf<K, V>, ...Leaf<K, V>[]];
}
type Part<K, V> = Leaf<K, V> | Branching<K, V> | Collision<K, V>;
type Way = 0 | 1 | 2 | 3;

const BITS = 2;

const EMPTY: Branching<never, never> = Object.freeze({
  way0: null,
  way1: null,
  way2: null,
  way3: null,
});

/** A map without entries. */
export function emptyMap<K extends string | number, V>(): PersistentMap<K, V> {
  return EMPTY;
}

export function isEmptyMap<K extends string | number>(map: PersistentMap<K, unknown>): boolean {
  return "way0" in map && !map.way0 && !map.way1 && !map.way2 && !map.way3;
}

/** The value of `key`, or undefined. */
export function mapGet<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
): V | undefined {
  let part: Part<K, V> | null = map;
  let hash = hashOf(key);
  while ("way0" in part) {
    part = inWay(part, wayOf(hash, 0));
    if (part === null) return undefined;
    hash >>>= BITS;
  }
  if ("key" in part) return part.key === key ? part.value : undefined;
  for (const leaf of part.leaves) if (leaf.key === key) return leaf.value;
  return undefined;
}

/** The map with `key` set to `value`. */
export function mapSet<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
  value: V,
): PersistentMap<K, V> {
  const leaf: Leaf<K, V> = { key, value };
  return isEmptyMap(map) ? leaf : insert(map, leaf, hashOf(key), 0);
}

/** The map without `key`; the same map when it is not there. */
export function mapDelete<K extends string | number, V>(
  map: PersistentMap<K, V>,
  key: K,
): PersistentMap<K, V> {
  if (mapGet(map, key) === undefined) return map;
  return without(map, key, hashOf(key), 0) ?? EMPTY;
}

/** Every entry, in the order of hashes. */
export function* mapEntries<K extends string | number, V>(
  map: PersistentMap<K, V>,
): Generator<readonly [key: K, value: V]> {
  const left: (PersistentMap<K, V> | Part<K, V>)[] = [map];
  for (let part = left.pop(); part !== undefined; part = left.pop()) {
    if ("key" in part) yield [part.key, part.value];
    else if ("leaves" in part) for (const leaf of part.leaves) yield [leaf.key, leaf.value];
    else
      for (const way of WAYS_BACK) {
        const next = inWay(part, way);
        if (next !== null) left.push(next);
      }
  }
}

/** The last first: what is put down last is taken up first. */
const WAYS_BACK: readonly Way[] = [3, 2, 1, 0];

function wayOf(hash: number, shift: number): Way {
  switch ((hash >>> shift) & 3) {
    case 0:
      return 0;
    case 1:
      return 1;
    case 2:
      return 2;
    default:
      return 3;
  }
}

function inWay<K, V>(branching: Branching<K, V>, way: Way): Part<K, V> | null {
  switch (way) {
    case 0:
      return branching.way0;
    case 1:
      return branching.way1;
    case 2:
      return branching.way2;
    case 3:
      return branching.way3;
  }
}

function withWay<K, V>(
  { way0, way1, way2, way3 }: Branching<K, V>,
  way: Way,
  part: Part<K, V> | null,
): Branching<K, V> {
  switch (way) {
    case 0:
      return { way0: part, way1, way2, way3 };
    case 1:
      return { way0, way1: part, way2, way3 };
    case 2:
      return { way0, way1, way2: part, way3 };
    case 3:
      return { way0, way1, way2, way3: part };
  }
}

function insert<K extends string | number, V>(
  part: Part<K, V>,
  leaf: Leaf<K, V>,
  hash: number,
  shift: number,
): Part<K, V> {
  if ("way0" in part) {
    const way = wayOf(hash, shift);
    const inner = inWay(part, way);
    return withWay(part, way, inner === null ? leaf : insert(inner, leaf, hash, shift + BITS));
  }
  if ("key" in part && part.key === leaf.key) return leaf;
  const old = hashOf("key" in part ? part.key : part.leaves[0].key);
  if (old !== hash) return fork(part, old, leaf, hash, shift);
  const leaves = "key" in part ? [part] : part.leaves.filter(({ key }) => key !== leaf.key);
  leaves.push(leaf);
  return collisionOf(leaves);
}

/** A branching that holds two parts whose hashes differ. */
function fork<K, V>(
  old: Leaf<K, V> | Collision<K, V>,
  oldHash: number,
  leaf: Leaf<K, V>,
  hash: number,
  shift: number,
): Branching<K, V> {
  const oldWay = wayOf(oldHash, shift);
  const way = wayOf(hash, shift);
  if (oldWay === way) return withWay(EMPTY, way, fork(old, oldHash, leaf, hash, shift + BITS));
  return withWay(withWay<K, V>(EMPTY, oldWay, old), way, leaf);
}

/** `part` without a key that is in it; null when nothing is left. */
function without<K extends string | number, V>(
  part: Part<K, V>,
  key: K,
  hash: number,
  shift: number,
): Part<K, V> | null {
  if ("key" in part) return null;
  if ("leaves" in part) return collisionOf(part.leaves.filter((leaf) => leaf.key !== key));
  const way = wayOf(hash, shift);
  const inner = inWay(part, way);
  if (inner === null) return part;
  const left = withWay(part, way, without(inner, key, hash, shift + BITS));
  // A branching of one leaf is that leaf, or equal maps would differ in shape.
  const only = onlyPart(left);
  return only === null || "way0" in only ? left : only;
}

/** The part of a branching that has but one, else null. */
function onlyPart<K, V>({ way0, way1, way2, way3 }: Branching<K, V>): Part<K, V> | null {
  const only = way0 ?? way1 ?? way2 ?? way3;
  let count = 0;
  if (way0 !== null) count += 1;
  if (way1 !== null) count += 1;
  if (way2 !== null) count += 1;
  if (way3 !== null) count += 1;
  return count === 1 ? only : null;
}

/** Leaves of one hash, in an order that depends on the keys alone; a single one is itself. */
function collisionOf<K extends string | number, V>(leaves: Leaf<K, V>[]): Part<K, V> {
  const [first, ...others] = leaves.sort((a, b) => (a.key < b.key ? -1 : 1));
  if (first === undefined) throw new RangeError("a collision of nothing");
  return others.length === 0 ? first : { leaves: [first, ...others] };
}

function hashOf(key: string | number): number {
  if (typeof key === "number") return key | 0;
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}
