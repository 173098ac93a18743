import { expect, it } from "vitest";
import { translateInto } from "../../i18n/translator.ts";
import { stillLab } from "../../state/lab.fixture.ts";
import { DETAILS } from "../../state/lab-timeline.ts";
import { transcriptOf } from "./transcript.ts";

it("ends a command with the last micro-step that its detail tells, as the stage's sentence does", async () => {
  const { timeline } = (await stillLab("kv", [["c1", "rm /motd"]])).getState();
  if (!timeline) throw new Error("no session");
  const t = translateInto("en");
  const lastAt = (detail: (typeof DETAILS)[number]) =>
    transcriptOf(t, timeline, detail, "en", null)
      .split("\n")
      .findLast((line) => /^\d+\. /.test(line));
  const [few, some, all] = DETAILS.map(lastAt);
  expect(few).toContain("whiteout");
  expect(some).toContain("whiteout");
  expect(all).toMatch(/ends and its descriptors are closed/);
});
