import { expect, it } from "vitest";
import { createStore } from "zustand";
import { labState } from "./lab.ts";
import { shellRunner } from "./lab-shell-runner.ts";
import { currentCommand } from "./lab-timeline.ts";
import { triesIn, WORLDS } from "./lab-worlds.ts";

const SETTINGS = {
  speed: 0,
  detail: 1,
  words: "aufs",
  showsPlumbing: false,
  showsSide: true,
  predicts: false,
} as const;

for (const name of WORLDS)
  it(`what is worth trying in ${name} works in either order, and has micro-steps`, async () => {
    const tries = triesIn({ type: "built-in", name });
    expect(tries.length).toBeGreaterThan(2);
    for (const order of [tries, [...tries].reverse()]) {
      const store = createStore(labState(shellRunner(), SETTINGS));
      await store.getState().begin({ type: "built-in", name });
      for (const [prompt, line] of order) {
        const ran = await store.getState().run(line, prompt);
        const printed = ran?.output.map(({ text }) => text).join("");
        expect({ line, exitCode: ran?.exitCode, printed }).toMatchObject({ line, exitCode: 0 });
        const { timeline } = store.getState();
        expect(timeline && currentCommand(timeline)?.moments.length, line).toBeGreaterThan(0);
      }
    }
  });
