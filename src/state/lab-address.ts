import { decodeScript } from "./lab-link.ts";
import { ALL_FOLLOWS, type Script, type Showing } from "./lab-script.ts";
import { selectionFrom, selectionText } from "./lab-selection.ts";
import type { Cursor } from "./lab-timeline.ts";
import { FIGURE_NAMES, PICTURES, WORLDS, type WorldName } from "./lab-worlds.ts";

/**
 * What the URL says of the Lab: `#s=` a shared session, `lab=` a world, `t=` a moment of the session; of the stage `on=` a
 * container or mount, `dir=` a directory, `picture=` and `figure=`, `sel=` what is selected.
 */
export interface LabAddress {
  readonly script: Script | null;
  /** There is a payload, and it cannot be read. */
  readonly isBroken: boolean;
  readonly world: WorldName | null;
  readonly cursor: Cursor | null;
  /** What is said of the stage, and nothing else. */
  readonly showing: Partial<Showing>;
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
    showing: showingFrom(query),
  };
}

/** A moment as it stands in the URL: "3.14", 14 moments into the third command; "0.0" is before the first. */
export function momentText({ command, tick }: Cursor): string {
  return `${command ?? 0}.${tick}`;
}

/** Reads it back; null: it is none. */
export function cursorFrom(text: string | null): Cursor | null {
  const parts = /^(\d{1,6})\.(\d{1,9})$/.exec(text ?? "");
  if (!parts) return null;
  const command = Number(parts[1]);
  return { command: command === 0 ? null : command, tick: Number(parts[2]) };
}

function showingFrom(query: URLSearchParams): Partial<Showing> {
  const union = query.get("on");
  const directory = query.get("dir");
  const picture = PICTURES.find((each) => each === query.get("picture"));
  const figure = FIGURE_NAMES.find((each) => each === query.get("figure"));
  const selected = selectionFrom(query.get("sel"));
  return {
    ...(union ? { union } : {}),
    ...(directory?.startsWith("/") ? { directory } : {}),
    ...(picture ? { picture } : {}),
    ...(figure ? { figure } : {}),
    ...(selected ? { selected } : {}),
  };
}

/** The query with the moment in it, and what of the stage a person set. Without a moment all that is taken out. */
export function withMoment(
  search: string,
  moment: { readonly cursor: Cursor; readonly showing: Showing } | null,
): string {
  const others = search
    .replace(/^\?/, "")
    .split("&")
    .filter((pair) => pair !== "" && !/^(t|lab|on|dir|picture|figure|sel)=/.test(pair));
  const parts = moment ? [...others, `t=${momentText(moment.cursor)}`] : others;
  if (moment) {
    const { union, directory, picture, figure, selected } = moment.showing;
    const said = [
      ["on", union],
      ["dir", directory],
      ["picture", picture === ALL_FOLLOWS.picture ? null : picture],
      ["figure", figure],
      ["sel", selected && selectionText(selected)],
    ] as const;
    for (const [name, value] of said)
      if (value !== null) parts.push(`${name}=${encodeURIComponent(value).replaceAll("%2F", "/")}`);
  }
  return parts.length === 0 ? "" : `?${parts.join("&")}`;
}
