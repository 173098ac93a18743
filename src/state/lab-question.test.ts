import { expect, it } from "vitest";
import { stillLab } from "./lab.fixture.ts";
import { type Question, questionAhead } from "./lab-question.ts";
import { currentCommand, type Detail, seek, stepForward, type Timeline } from "./lab-timeline.ts";
import type { WorldName } from "./lab-worlds.ts";

/** Every question of a line, in order, as a walk at this detail meets them. */
async function questionsOf(line: string, detail: Detail = 1): Promise<readonly Question[]> {
  return questionsIn("kv", "c1", line, detail);
}

async function questionsIn(
  world: WorldName,
  prompt: string,
  line: string,
  detail: Detail = 1,
): Promise<readonly Question[]> {
  const { timeline } = (await stillLab(world, [[prompt, line]], detail)).getState();
  const command = timeline && currentCommand(timeline);
  if (!timeline || !command) throw new Error("no command");
  const start = seek(timeline, { command: command.id, tick: 0 });
  return [...stepsFrom(start, detail)].flatMap((at) => questionAhead(at, detail) ?? []);
}

function* stepsFrom(start: Timeline, detail: Detail): Generator<Timeline> {
  for (let at = start; ; ) {
    yield at;
    const ahead = stepForward(at, detail);
    if (ahead === at) return;
    at = ahead;
  }
}

/** The questions of one kind. */
function ofType<T extends Question["type"]>(
  questions: readonly Question[],
  type: T,
): readonly Extract<Question, { type: T }>[] {
  return questions.filter((each): each is Extract<Question, { type: T }> => each.type === type);
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

it("lists the telling branches of a long stack, and the others as one", async () => {
  const [question] = ofType(await questionsIn("deep", "host", "cat /mnt/deep/answer"), "provider");
  expect(question).toMatchObject({ answer: 42, choices: [0, 42, 126, "other", null] });
  expect(question?.fates).toHaveLength(127);
});

it("asks once a command whose names a listing has, where several branches store the directory", async () => {
  for (const detail of [1, 2, 3] as const) {
    const listings = ofType(await questionsOf("ls /; ls /", detail), "listing");
    expect(listings).toMatchObject([
      {
        path: "/",
        answer: [1, 2, 3, 4],
        choices: [[0], [1, 2, 3, 4], [0, 1, 2, 3, 4], []],
      },
    ]);
    expect(listings[0]?.parts.map(({ shown }) => shown)).toEqual([0, 3, 1, 1, 6]);
  }
  expect(ofType(await questionsOf("ls /app"), "listing")).toEqual([]);
});

it("knows which branches of a listing are cut off by an opaque mark, and which add nothing", async () => {
  const [opaque, filled, ...others] = ofType(
    await questionsOf("rm -r /app; mkdir /app; ls /app; echo x > /app/new; ls /app; ls /app"),
    "listing",
  );
  expect(opaque).toMatchObject({
    answer: [],
    choices: [[0], [3], [0, 3], []],
    parts: [
      { branch: 0, shown: 0 },
      { branch: 3, shown: null },
    ],
  });
  expect(filled).toMatchObject({ answer: [0], parts: [{ shown: 1 }, { shown: null }] });
  expect(others).toEqual([]);
});

const OVERLAY =
  "mkdir -p /o/base/d/sub /o/top/d /o/upper /o/work /m; echo one > /o/base/d/a; echo two > /o/top/d/b; " +
  "mount -t overlay -o lowerdir=/o/top:/o/base,upperdir=/o/upper,workdir=/o/work none /m; ";

it("asks whether what lies below shows again in a directory that comes where one was removed", async () => {
  const answers = async (line: string) =>
    ofType(await questionsOf(line), "opaque").map(({ path, answer, lower }) => [
      path,
      answer,
      lower,
    ]);
  expect(await answers("rmdir /app; mkdir /app")).toEqual([["/app", "marked", 3]]);
  expect(await answers("rm /motd; mkdir /motd")).toEqual([["/motd", "marked", null]]);
  expect(await answers("rmdir /app; mkdir /n; mv /n /app")).toEqual([["/app", "marked", 3]]);
  expect(await answers("mkdir /new; rmdir /new; mkdir /new")).toEqual([]);
  const overlay = await questionsIn("kv", "host", `${OVERLAY}rm -r /m/d; mkdir /m/d; ls /m/d`);
  expect(ofType(overlay, "opaque")).toMatchObject([{ path: "/d", answer: "marked", lower: 1 }]);
});

it("knows a directory that needs no mark: the whiteout lies below it, or all around it is cut off", async () => {
  const stack =
    "mkdir -p /b/rw /b/top /b/base/d /b/base/e/f /u; touch /b/top/.wh.d /b/base/d/old; " +
    "mount -t aufs -o br:/b/rw=rw:/b/top=ro+wh:/b/base=ro+wh none /u; ";
  const below = await questionsIn("kv", "host", `${stack}mkdir /u/d`);
  expect(ofType(below, "opaque")).toMatchObject([
    { path: "/d", answer: "unmarked", branch: 0, whiteout: 1, lower: 2 },
  ]);
  const around = await questionsIn("kv", "host", `${stack}rm -r /u/e; mkdir /u/e; mkdir /u/e/f`);
  expect(ofType(around, "opaque")).toMatchObject([
    { path: "/e", answer: "marked" },
    { path: "/e/f", answer: "unmarked", whiteout: null, lower: 2 },
  ]);
});

it("asks what rename(2) does with a directory of a read-only branch, and knows what it costs instead", async () => {
  const movesIn = async (world: WorldName, prompt: string, line: string) =>
    ofType(await questionsIn(world, prompt, line), "move");
  const [root] = await movesIn("ubuntu", "c1", "mv /root /home/me");
  expect(root).toMatchObject({ path: "/root", answer: "copied", lower: 5 });
  const { timeline } = (await stillLab("ubuntu", [["c1", "wc -c /root/.bashrc"]])).getState();
  const size = (timeline ? currentCommand(timeline) : null)?.ran.output[0]?.text.split(" ")[0];
  expect(root?.bytes).toBe(Number(size));
  expect(await movesIn("kv", "c1", "mv /app /srv")).toMatchObject([
    { path: "/app", answer: "renamed", lower: 3, bytes: 0 },
  ]);
  expect(await movesIn("kv", "c1", "mkdir /own; mv /own /mine; mv /motd /m")).toEqual([]);
  // On another mount EXDEV is not the union's answer.
  expect(await movesIn("volume", "c1", "mv /app /data/app")).toEqual([]);
});

it("asks it of overlayfs, with a redirect and without", async () => {
  const moved = `mv /m/d /m/e`;
  const plain = await questionsIn("kv", "host", OVERLAY + moved);
  expect(ofType(plain, "move")).toMatchObject([{ answer: "copied", lower: 1, bytes: 8 }]);
  const redirecting = OVERLAY.replace("-o lower", "-o redirect_dir=on,lower");
  const redirected = await questionsIn("kv", "host", redirecting + moved);
  expect(ofType(redirected, "move")).toMatchObject([
    { answer: "renamed", isRedirected: true, bytes: 0 },
  ]);
});

it("looks at the step's own call only where nothing is asked, however many calls there are", async () => {
  const line = "for i in $(seq 1 30); do echo $i >> /motd; ls /app; chmod 600 /app.conf; done";
  const { timeline } = (await stillLab("kv", [["c1", line]])).getState();
  const command = timeline && currentCommand(timeline);
  if (!timeline || !command) throw new Error("no command");
  const read = new Set<PropertyKey>();
  const calls = new Proxy(command.ran.calls, {
    get: (target, key, self) => {
      read.add(key);
      return Reflect.get(target, key, self);
    },
  });
  const watched = { ...command, ran: { ...command.ran, calls } };
  const start = {
    ...seek(timeline, { command: command.id, tick: 0 }),
    commands: timeline.commands.with(command.id - 1, watched),
  };
  for (const detail of [1, 2, 3] as const) {
    const steps = [...stepsFrom(start, detail)];
    // What is news in the command is worked out once.
    for (const at of steps) questionAhead(at, detail);
    let asked = 0;
    for (const at of steps) {
      read.clear();
      if (questionAhead(at, detail)) asked += 1;
      else expect(read.size).toBeLessThanOrEqual(3);
    }
    expect(asked).toBe(4);
    expect(steps.length).toBeGreaterThan(500);
  }
});
