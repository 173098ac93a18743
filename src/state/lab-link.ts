import { deflateRaw, inflateRaw } from "pako";
import {
  ALL_FOLLOWS,
  type Script,
  type ScriptLine,
  type Showing,
  type World,
} from "./lab-script.ts";
import { selectionFrom, selectionText } from "./lab-selection.ts";
import { FIGURE_NAMES, PICTURES, WORLDS } from "./lab-worlds.ts";

/**
 * The version of a link's payload: its first byte. A reader of this version and all before stays here for good, so that
 * old links open. 2: a line may have been stopped; to 1 all ran to their ends. What the stage shows comes last and may be
 * left out, as the first links of 2 did.
 */
const VERSION = 2;
const VERSIONS: readonly number[] = [1, VERSION];
/** A link longer than this is no link of ours; a script of it would be thousands of lines. */
const MAX_LENGTH = 200_000;
const MAX_TEXT = 8_000_000;

/** A script as the payload of a link: version byte, then deflated JSON, in base64url. */
export function encodeScript(script: Script): string {
  const { union, directory, picture, figure, selected } = script.showing;
  const json = JSON.stringify([
    script.world.type === "built-in"
      ? [script.world.name]
      : [script.world.imageId, script.world.name],
    script.lines.map(({ after, prompt, line, until }, index) => {
      if (until !== null) return [prompt, line, after, until];
      return after === index - 1 ? [prompt, line] : [prompt, line, after];
    }),
    script.tip,
    [script.cursor.command, script.cursor.tick],
    script.hash,
    [union, directory, picture, figure, ...(selected ? [selectionText(selected)] : [])],
  ]);
  const packed = deflateRaw(new TextEncoder().encode(json), { level: 9 });
  let binary = String.fromCharCode(VERSION);
  for (const byte of packed) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** The script in a link's payload; null when it is none, or of a version we do not know. */
export function decodeScript(payload: string): Script | null {
  if (payload.length > MAX_LENGTH || !/^[A-Za-z0-9_-]+$/.test(payload)) return null;
  try {
    const binary = atob(payload.replace(/-/g, "+").replace(/_/g, "/"));
    if (!VERSIONS.includes(binary.charCodeAt(0))) return null;
    const packed = Uint8Array.from(binary.slice(1), (char) => char.charCodeAt(0));
    const bytes = inflateRaw(packed);
    if (bytes.length > MAX_TEXT) return null;
    return scriptFrom(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return null;
  }
}

function scriptFrom(value: unknown): Script | null {
  if (!Array.isArray(value)) return null;
  const [worldPart, linePart, tip, cursorPart, hash, showingPart]: readonly unknown[] = value;
  const world = worldFrom(worldPart);
  if (!world || !Array.isArray(linePart) || !Array.isArray(cursorPart)) return null;
  const lines: ScriptLine[] = [];
  for (const [index, part] of linePart.entries()) {
    if (!Array.isArray(part)) return null;
    const [prompt, line, after = index - 1, until = null]: readonly unknown[] = part;
    if (typeof prompt !== "string" || typeof line !== "string" || !isIndex(after, index))
      return null;
    if (until !== null && !isCount(until)) return null;
    lines.push({ prompt, line, after, until });
  }
  const [command, tick]: readonly unknown[] = cursorPart;
  if (!isIndex(tip, lines.length) || typeof hash !== "string") return null;
  if (command !== null && !(isIndex(command, lines.length + 1) && command >= 1)) return null;
  if (!isCount(tick)) return null;
  return { world, lines, tip, cursor: { command, tick }, hash, showing: showingFrom(showingPart) };
}

/** What a link says the stage shows. What it does not say, or says in words of a later day, follows what happens. */
function showingFrom(part: unknown): Showing {
  if (!Array.isArray(part)) return ALL_FOLLOWS;
  const [union, directory, picture, figure, selected]: readonly unknown[] = part;
  return {
    union: typeof union === "string" ? union : null,
    directory: typeof directory === "string" && directory.startsWith("/") ? directory : null,
    picture: PICTURES.find((each) => each === picture) ?? ALL_FOLLOWS.picture,
    figure: FIGURE_NAMES.find((each) => each === figure) ?? null,
    selected: selectionFrom(selected),
  };
}

function worldFrom(part: unknown): World | null {
  if (!Array.isArray(part)) return null;
  const [first, name]: readonly unknown[] = part;
  if (typeof first !== "string") return null;
  if (typeof name === "string") return { type: "image", imageId: first, name };
  const known = WORLDS.find((each) => each === first);
  return known ? { type: "built-in", name: known } : null;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function isIndex(value: unknown, end: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= -1 && value < end;
}
