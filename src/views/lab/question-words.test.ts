import { expect, it } from "vitest";
import { plainSentence, type Speaker } from "../../i18n/event-sentence.ts";
import { translateInto } from "../../i18n/translator.ts";
import { stillLab, type TypedLine } from "../../state/lab.fixture.ts";
import { type Question, questionAhead } from "../../state/lab-question.ts";
import { currentCommand, seek, stepForward } from "../../state/lab-timeline.ts";
import type { WorldName } from "../../state/lab-worlds.ts";
import { questionWords } from "./question-words.ts";

const SPEAKER: Speaker = {
  kindOf: () => "aufs",
  branchName: (_, branch) => `b${branch}`,
  branchCount: () => 5,
  bytes: (count) => `${count} B`,
  path: (path) => path,
};

const SESSIONS: readonly (readonly [WorldName, TypedLine])[] = [
  ["kv", ["c1", "cat /motd; cat /nothing; echo x >> /kv.db; rm /motd; ls /"]],
  ["kv", ["c1", "mv /app /srv"]],
  ["kv", ["c1", "rm -r /app; mkdir /app; ls /app"]],
  ["ubuntu", ["c1", "mv /root /home/me"]],
  ["deep", ["host", "cat /mnt/deep/answer; ls /mnt/deep"]],
  [
    "kv",
    [
      "host",
      "mkdir -p /b/rw /b/a /b/z/d /u; touch /b/a/.wh.d; mount -t aufs -o br:/b/rw=rw:/b/a=ro+wh:/b/z=ro+wh none /u; mkdir /u/d",
    ],
  ],
];

async function questionsOf(world: WorldName, line: TypedLine): Promise<readonly Question[]> {
  const { timeline } = (await stillLab(world, [line])).getState();
  const command = timeline && currentCommand(timeline);
  if (!timeline || !command) throw new Error("no command");
  const questions: Question[] = [];
  let at = seek(timeline, { command: command.id, tick: 0 });
  for (let next = stepForward(at, 1); next !== at; next = stepForward(at, 1)) {
    const question = questionAhead(at, 1);
    if (question) questions.push(question);
    at = next;
  }
  return questions;
}

it("has words for every question, choice and explanation, in both languages", async () => {
  const kinds = new Set<string>();
  for (const [world, line] of SESSIONS)
    for (const question of await questionsOf(world, line)) {
      kinds.add(question.type);
      for (const language of ["en", "zh-Hans"] as const) {
        const words = questionWords(translateInto(language), question, SPEAKER);
        const said = [...words.choices.keys()].flatMap((at) => words.why(at));
        for (const text of [words.ask, words.answer, ...words.choices, ...said])
          expect(text).not.toMatch(/\{\{|\}\}|predict\.|^$/);
        expect(new Set(words.choices).size).toBe(words.choices.length);
        expect(words.choices).toHaveLength(question.choices.length);
        expect(words.choices.length, "each has a digit's key").toBeLessThanOrEqual(9);
      }
    }
  expect([...kinds].sort()).toEqual(["bytes", "exists", "listing", "move", "opaque", "provider"]);
});

it("explains the choice that was taken by what it overlooks", async () => {
  const english = translateInto("en");
  const why = async (session: number, type: Question["type"], choice: string) => {
    const [world, line] = SESSIONS[session] ?? ["kv", ["c1", ""]];
    const question = (await questionsOf(world, line)).find((each) => each.type === type);
    if (!question) throw new Error("nothing is asked");
    const words = questionWords(english, question, SPEAKER);
    const at = words.choices.findIndex((each) => plainSentence(each) === choice);
    return words.why(at).map(plainSentence);
  };
  expect(await why(2, "listing", "b0, b3")).toEqual([
    "b3 is not read: a whiteout or an opaque mark above cuts it off.",
    "b0 adds no name: what is there is a mark, hidden, or in the list already.",
  ]);
  expect(await why(0, "listing", "b1, b2, b3, b4")).toEqual(["Names of b0 are in the list too."]);
  expect(await why(0, "listing", "b0")).toEqual([
    "A directory hides no directory below it: the names of all are put together.",
  ]);
  expect(await why(0, "listing", "b0, b1, b2, b3, b4")).toEqual([]);
  expect(await why(2, "opaque", "no, and no mark is needed")).toEqual([
    "The whiteout goes, for the directory takes its place; without a mark b3 would show through.",
  ]);
  expect(await why(5, "opaque", "no: it is made opaque")).toEqual([
    "The whiteout is in b1, below the new directory, and goes on hiding.",
  ]);
  expect(await why(1, "move", "EXDEV, and the program copies it")).toEqual([
    "Nothing that b3 has in /app shows, so nothing would be left behind: the bare directory goes up.",
  ]);
  expect(await why(3, "move", "EXDEV, and it stays where it is")).toEqual([
    "The call gives up, but the program knows EXDEV, and goes on by copying.",
  ]);
});
