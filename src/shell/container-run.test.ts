import { expect, it } from "vitest";
import { hostAfter, shown } from "./lab.fixture.ts";

const status = (name: string) => `docker inspect -f '{{.State.Status}}' ${name}`;

it("goes on running where a person or time is waited for", async () => {
  const host = await hostAfter([
    "docker run -dit --name shell busybox sh",
    "docker run -d --name sleeper busybox sleep 1000",
    "docker run -d --name loop busybox sh -c 'echo began > /note; while true; do sleep 1; done'",
    "docker run -d --name over busybox true",
  ]);
  expect(await shown(`${status("shell")}; ${status("sleeper")}; ${status("loop")}`, host)).toBe(
    "running\nrunning\nrunning\n",
  );
  expect(await shown("docker exec loop cat /note", host)).toBe("began\n");
  expect(await shown(status("over"), host)).toBe("exited\n");
});

it("runs an attached command to its end and gives its status", async () => {
  const host = await hostAfter(["docker pull busybox"]);
  expect(await shown("docker run --rm busybox sh -c 'echo out; exit 7'", host)).toBe("out\n[7]");
  expect(await shown("docker run --rm busybox echo a | tr a b", host)).toBe("b\n");
});

it("says which program is not there", async () => {
  const host = await hostAfter(["docker pull busybox"]);
  expect(await shown("docker run --rm busybox nonsense", host)).toMatch(
    /exec: "nonsense": executable file not found in \$PATH: unknown\.\n\[127\]$/,
  );
});
