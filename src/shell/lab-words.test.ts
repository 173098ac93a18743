import { expect, it } from "vitest";
import type { Host } from "../docker/host.ts";
import { CHINESE } from "./chinese.ts";
import { type Edge, NO_EDGE } from "./edge.ts";
import { FRESH } from "./lab.fixture.ts";
import { runLine } from "./session.ts";

const edges = { en: NO_EDGE, zh: { ...NO_EDGE, words: CHINESE } } satisfies Record<string, Edge>;

/** What a line prints in both languages; the host that it leaves must be the same. */
async function inBoth(line: string, host: Host = FRESH): Promise<readonly [string, string]> {
  const [en, zh] = [await runLine(host, line, edges.en), await runLine(host, line, edges.zh)];
  expect(zh.hash).toBe(en.hash);
  expect(zh.exitCode).toBe(en.exitCode);
  const [first = "", second = ""] = [en, zh].map(({ output }) =>
    output.map(({ text }) => text).join(""),
  );
  return [first, second];
}

const HAN = /\p{Script=Han}/u;

it.each([
  "help",
  "help why",
  "help cd",
  "help ls",
  "why",
  "why /etc",
  "probe /etc",
  "ls --help",
  "split -n 2 /etc/passwd",
  "mkdri /x",
  "vim /etc/passwd",
  "docker help",
  "docker swarm init",
  "docker run -p 80:80 alpine",
  "docker pull no/such:image",
  "dockerd --data-root=/elsewhere",
  "docker build https://example.org/x.git",
])("the lab's own words are in the language of who reads: %s", async (line) => {
  const [en, zh] = await inBoth(line);
  expect(en).not.toMatch(HAN);
  expect(zh).toMatch(HAN);
});

it.each(["why /etc | cat", "help > /out; cat /out", "vim 2>&1 | cat", "docker swarm 2>&1 | cat"])(
  "and English where no terminal reads: %s",
  async (line) => {
    const [en, zh] = await inBoth(line);
    expect(zh).toBe(en);
  },
);
