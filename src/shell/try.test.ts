import { it } from "vitest";
import { createHost } from "../docker/boot.ts";
import { miniatures } from "../docker/miniatures.ts";
import { NO_EDGE } from "./edge.ts";
import { runLine } from "./session.ts";

it("tries", async () => {
  let host = createHost({
    library: miniatures(),
    driver: "aufs",
    release: "19.03",
    seed: "x",
    clock: { sec: 1_700_000_000, nsec: 0 },
  });
  for (const line of (process.env["LINES"] ?? "echo hi").split("\n")) {
    const r = await runLine(host, line, NO_EDGE);
    console.log(
      `$ ${line}\n${r.output.map((o) => o.text).join("")}[${r.exitCode}] ${r.steps.length} calls`,
    );
    host = r.host;
  }
});
