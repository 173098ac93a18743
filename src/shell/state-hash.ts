import type { Host } from "../docker/host.ts";
import { sha256OfBytes, sha256OfText } from "../docker/ids.ts";
import { stateHash as machineHash } from "../engine/state-hash.ts";

/**
 * One hash of the whole host: machine, docker, shells, clock; whatever the order in which things were added.
 *
 * Tars and trees of layers count by the digests that stand beside them. Values are never changed, so what was hashed
 * once is remembered: a line costs what it changed.
 */
export function stateHash(host: Host): string {
  const { machine, clock, docker, shells } = host;
  const { library: _, blobs, ...rest } = docker;
  const parts = [
    machineHash(machine),
    hashOf({ clock, docker: rest, shells }),
    ...Object.keys(blobs).sort(),
  ];
  return sha256OfText(parts.join("\n"));
}

const known = new WeakMap<object, string>();

function hashOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "none";
  const met = known.get(value);
  if (met !== undefined) return met;
  const hash = value instanceof Uint8Array ? sha256OfBytes(value) : sha256OfText(textOf(value));
  known.set(value, hash);
  return hash;
}

function textOf(value: object): string {
  if (Array.isArray(value)) return `[${value.map(hashOf).join(",")}]`;
  return Object.entries(value)
    .filter(([name, inner]) => name !== "tree" && name !== "tar" && inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, inner]) => `${JSON.stringify(name)}:${hashOf(inner)}`)
    .join(",");
}
