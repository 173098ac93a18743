import { expect, it } from "vitest";
import { stillLab } from "./lab.fixture.ts";
import { cacheAt, cachedIn } from "./lab-cache.ts";
import { containersOf } from "./lab-containers.ts";
import { presentOf } from "./lab-timeline.ts";

it("knows the branch of a cached file after a remount has counted the branches anew", async () => {
  const lab = await stillLab("kv", [["c1", "cat /motd"]]);
  const now = () => {
    const { timeline } = lab.getState();
    if (!timeline) throw new Error("no session");
    return timeline;
  };
  const placeOf = (path: string) => {
    const file = cacheAt(now()).find((each) => each.path === path && each.branch !== null);
    return file && cachedIn(now()).get(file.backing);
  };
  const [container] = containersOf(presentOf(now()).host);
  const base = container?.branches.find(({ label }) => label === "base")?.path;
  expect(placeOf("/motd")).toBe(base);
  await lab.getState().run("mkdir /added; echo new > /added/new", "host");
  await lab.getState().run(`mount -o remount,add:1:/added=ro ${container?.mountPath}`, "host");
  await lab.getState().run("cat /motd /new", "c1");
  expect(placeOf("/motd")).toBe(base);
  expect(placeOf("/new")).toBe("/added");
});
