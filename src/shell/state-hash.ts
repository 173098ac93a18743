import type { Host } from "../docker/host.ts";
import { sha256OfText } from "../docker/ids.ts";

const machineHash = (machine: Host["machine"]): string =>
  JSON.stringify([machine.next, machine.nextPid, machine.time]);

/**
 * One hash of the whole host: machine, docker, shells, clock; whatever the order in which things were added. Trees of
 * images count by name and not by content, which their digests stand for.
 */
export function stateHash(host: Host): string {
  const { machine, clock, docker, shells } = host;
  const { library: _, ...rest } = docker;
  return sha256OfText(`${machineHash(machine)}${canonical({ clock, docker: rest, shells })}`);
}

function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes:${[...value].join(",")}`;
  if (ArrayBuffer.isView(value)) return "column";
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "none";
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${entries
    .filter(([name]) => name !== "tree" && name !== "tar")
    .map(([name, inner]) => `${JSON.stringify(name)}:${canonical(inner)}`)
    .join(",")}}`;
}
