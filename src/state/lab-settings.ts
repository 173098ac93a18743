import type { Detail } from "./lab-timeline.ts";

/** How fast micro-steps follow each other; 0: no motion, a command is at its end at once. */
export const SPEEDS = [0, 0.25, 0.5, 1, 2] as const;
export type Speed = (typeof SPEEDS)[number];

/** Whose words the axis uses. */
export const VOCABULARIES = ["aufs", "docker", "overlay2"] as const;
export type Vocabulary = (typeof VOCABULARIES)[number];

/** What a person chose for the Lab; remembered in the browser. */
export interface LabSettings {
  readonly speed: Speed;
  readonly detail: Detail;
  readonly words: Vocabulary;
  /** The -init layer is a row like the others, and names that only plumbing put there have columns. */
  readonly showsPlumbing: boolean;
  /** Meters, files and steps stand beside the stage, where there is room. */
  readonly showsSide: boolean;
  /** Time stops before an informative micro-step, and asks what will happen. */
  readonly predicts: boolean;
}

const KEY = "unionscope-lab-settings";

/** The remembered settings. Without any: no motion where the system asks for less, else a normal pace. */
export function rememberedSettings(): LabSettings {
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const settings: LabSettings = {
    speed: isStill ? 0 : 1,
    detail: 1,
    words: "aufs",
    showsPlumbing: false,
    showsSide: true,
    predicts: false,
  };
  let stored: unknown = null;
  try {
    stored = JSON.parse(localStorage.getItem(KEY) ?? "null");
  } catch {
    return settings;
  }
  if (typeof stored !== "object" || stored === null) return settings;
  const part = new Map<string, unknown>(Object.entries(stored));
  return {
    speed: SPEEDS.find((each) => each === part.get("speed")) ?? settings.speed,
    detail: ([1, 2, 3] as const).find((each) => each === part.get("detail")) ?? settings.detail,
    words: VOCABULARIES.find((each) => each === part.get("words")) ?? settings.words,
    showsPlumbing: part.get("showsPlumbing") === true,
    showsSide: part.get("showsSide") !== false,
    predicts: part.get("predicts") === true,
  };
}

/** Remembers settings; a browser that refuses storage forgets them. */
export function rememberSettings({
  speed,
  detail,
  words,
  showsPlumbing,
  showsSide,
  predicts,
}: LabSettings): void {
  try {
    localStorage.setItem(
      KEY,
      JSON.stringify({ speed, detail, words, showsPlumbing, showsSide, predicts }),
    );
  } catch {
    // A browser that keeps nothing: they hold for this page alone.
  }
}
