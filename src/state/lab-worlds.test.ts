import { expect, it } from "vitest";
import { stillLab } from "./lab.fixture.ts";
import { currentCommand } from "./lab-timeline.ts";
import { triesIn, WORLDS } from "./lab-worlds.ts";

for (const name of WORLDS)
  it(`what is worth trying in ${name} works in either order, and has micro-steps`, async () => {
    const tries = triesIn({ type: "built-in", name });
    expect(tries.length).toBeGreaterThan(2);
    for (const order of [tries, [...tries].reverse()]) {
      const store = await stillLab(name);
      for (const [prompt, line] of order) {
        const ran = await store.getState().run(line, prompt);
        const printed = ran?.output.map(({ text }) => text).join("");
        expect({ line, exitCode: ran?.exitCode, printed }).toMatchObject({ line, exitCode: 0 });
        const { timeline } = store.getState();
        expect(timeline && currentCommand(timeline)?.moments.length, line).toBeGreaterThan(0);
      }
    }
  });
