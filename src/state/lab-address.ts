import { decodeScript } from "./lab-link.ts";
import type { Script } from "./lab-script.ts";
import type { Cursor } from "./lab-timeline.ts";
import { WORLDS, type WorldName } from "./lab-worlds.ts";

/** What the URL says of the Lab: `#s=` a shared session, `lab=` a world, `t=` a moment of the session. */
export interface LabAddress {
  readonly script: Script | null;
  /** There is a payload, and it cannot be read. */
  readonly isBroken: boolean;
  readonly world: WorldName | null;
  readonly cursor: Cursor | null;
}

export function readLabAddress(search: string, hash: string): LabAddress {
  const query = new URLSearchParams(search);
  const payload = /^#s=(.+)$/.exec(hash)?.[1];
  const script = payload === undefined ? null : decodeScript(payload);
  return {
    script,
    isBroken: payload !== undefined && script === null,
    world: WORLDS.find((each) => each === query.get("lab")) ?? null,
    cursor: cursorFrom(query.get("t")),
  };
}

/** A moment as it stands in the URL: "3.14", 14 moments into the third command; "0.0" is before the first. */
function momentText({ command, tick }: Cursor): string {
  return `${command ?? 0}.${tick}`;
}

function cursorFrom(text: string | null): Cursor | null {
  const parts = /^(\d{1,6})\.(\d{1,9})$/.exec(text ?? "");
  if (!parts) return null;
  const command = Number(parts[1]);
  return { command: command === 0 ? null : command, tick: Number(parts[2]) };
}

/** The query with the moment in it. */
export function withMoment(search: string, cursor: Cursor | null): string {
  const others = search
    .replace(/^\?/, "")
    .split("&")
    .filter((pair) => pair !== "" && !/^(t|lab)=/.test(pair));
  const parts = cursor ? [...others, `t=${momentText(cursor)}`] : others;
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}
