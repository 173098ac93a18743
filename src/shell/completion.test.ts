import { expect, it } from "vitest";
import { commonStart, complete } from "./completion.ts";
import { hostAfter } from "./lab.fixture.ts";

const labels = async (lines: readonly string[], line: string, prompt = "host") => {
  const host = await hostAfter(lines);
  return complete(host, prompt, line, line.length).candidates.map(({ label }) => label);
};

it("completes commands, the lab's own among them", async () => {
  expect(await labels([], "tru")).toEqual(["true", "truncate"]);
  expect(await labels([], "drop")).toEqual(["drop-caches"]);
  expect(await labels([], "echo a | so")).toEqual(["sort", "source"]);
  expect(await labels([], "sudo mkd")).toEqual(["mkdir"]);
});

it("completes paths of the shell's directory, and of others", async () => {
  const lines = ["mkdir -p /w/one/deep; touch /w/only; cd /w"];
  expect(await labels(lines, "cat on")).toEqual(["one/", "only"]);
  expect(await labels(lines, "ls one/")).toEqual(["deep/"]);
  expect(await labels(lines, "cat < onl")).toEqual(["only"]);
  expect(await labels(lines, "cat nothing")).toEqual([]);
});

it("quotes what a shell would take apart", async () => {
  const host = await hostAfter(["cd /tmp; touch 'a b' \"it's\""]);
  const texts = (line: string) =>
    complete(host, "host", line, line.length).candidates.map(({ text }) => text);
  expect(texts("cat a")).toEqual(["a\\ b "]);
  expect(texts("cat i")).toEqual(["it\\'s "]);
});

it("completes docker's commands, containers and images", async () => {
  const lines = [
    "docker run -dit --name kitten busybox sh",
    "docker create --name kite busybox sh",
  ];
  expect(await labels([], "docker hi")).toEqual(["history"]);
  expect(await labels(lines, "docker exec ki")).toEqual(["kite", "kitten"]);
  expect(await labels(lines, "docker rmi bu")).toEqual(["busybox"]);
  expect(await labels([], "docker run -it ub")).toContain("ubuntu");
});

it("completes in a container's own files", async () => {
  const lines = ["docker run -dit --name c1 busybox sh", "docker exec c1 touch /only-here"];
  expect(await labels(lines, "cat /only", "c1")).toEqual(["only-here"]);
  expect(await labels(lines, "cat /only")).toEqual([]);
});

it("knows how far one Tab can go, and leaves the host as it is", async () => {
  const host = await hostAfter(["cd /tmp; touch abcd abce"]);
  const before = JSON.stringify(host.clock);
  const { candidates, from, to } = complete(host, "host", "cat ab", 6);
  expect(commonStart(candidates)).toBe("abc");
  expect([from, to]).toEqual([4, 6]);
  expect(JSON.stringify(host.clock)).toBe(before);
});
