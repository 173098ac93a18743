import { expect, it } from "vitest";
import { stillLab } from "./lab.fixture.ts";
import { type Question, questionAhead } from "./lab-question.ts";
import { currentCommand, type Detail, seek, stepForward, type Timeline } from "./lab-timeline.ts";

/** Every question of a line, in order, as a walk at this detail meets them. */
async function questionsOf(line: string, detail: Detail = 1): Promise<readonly Question[]> {
  const { timeline } = (await stillLab("kv", [["c1", line]], detail)).getState();
  const command = timeline && currentCommand(timeline);
  if (!timeline || !command) throw new Error("no command");
  let at: Timeline = seek(timeline, { command: command.id, tick: 0 });
  const questions: Question[] = [];
  for (;;) {
    const question = questionAhead(at, detail);
    if (question) questions.push(question);
    const ahead = stepForward(at, detail);
    if (ahead === at) return questions;
    at = ahead;
  }
}

it("asks which branch answers once a name, and knows what became of every branch", async () => {
  for (const detail of [1, 2, 3] as const) {
    const [first, ...others] = await questionsOf("cat /app.conf; cat /app.conf", detail);
    expect(first).toMatchObject({
      type: "provider",
      path: "/app.conf",
      answer: 2,
      fates: ["missing", "missing", "found", "below", "below"],
    });
    expect(others).toEqual([]);
  }
  expect(await questionsOf("cat /nothing")).toMatchObject([{ type: "provider", answer: null }]);
});

it("asks how many bytes are copied: all, what a cut leaves, or none", async () => {
  const bytesOf = async (line: string) => {
    const found = (await questionsOf(line)).find(({ type }) => type === "bytes");
    if (found?.type !== "bytes") throw new Error("nothing is asked");
    return { answer: found.answer, choices: found.choices.map(({ role, bytes }) => [role, bytes]) };
  };
  expect(await bytesOf("echo x=1 >> /kv.db")).toEqual({
    answer: 100_000_000,
    choices: [
      ["none", 0],
      ["written", 4],
      ["block", 4096],
      ["file", 100_000_000],
    ],
  });
  expect((await bytesOf("echo x=1 > /kv.db")).answer).toBe(0);
  expect(await bytesOf("truncate -s 5000 /kv.db")).toMatchObject({ answer: 5000 });
});

it("asks where a removed name is: hidden where a branch below has it, else nowhere", async () => {
  const placeOf = async (line: string) =>
    (await questionsOf(line)).flatMap((each) => (each.type === "exists" ? [each.answer] : []));
  expect(await placeOf("rm /motd")).toEqual(["below"]);
  expect(await placeOf("echo a > /here; rm /here")).toEqual(["nowhere"]);
  expect(await placeOf("echo a >> /motd; rm /motd")).toEqual(["below"]);
});
