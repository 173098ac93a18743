import { createStore, type StoreApi } from "zustand";
import { type LabState, labState } from "./lab.ts";
import type { LabSettings } from "./lab-settings.ts";
import { shellRunner } from "./lab-shell-runner.ts";
import type { Detail } from "./lab-timeline.ts";
import type { WorldName } from "./lab-worlds.ts";

/** A line and where it is typed: "host", or a container's id. */
export type TypedLine = readonly [prompt: string, line: string];

const SETTINGS: LabSettings = {
  speed: 0,
  detail: 1,
  words: "aufs",
  showsPlumbing: false,
  showsSide: true,
  predicts: false,
};

/** A Lab of its own without motion, in which some lines were run. */
export async function stillLab(
  name: WorldName,
  lines: readonly TypedLine[] = [],
  detail: Detail = 1,
): Promise<StoreApi<LabState>> {
  const store = createStore(labState(shellRunner(), { ...SETTINGS, detail }));
  await store.getState().begin({ type: "built-in", name });
  for (const [prompt, line] of lines) await store.getState().run(line, prompt);
  return store;
}
