import { describe, expect, it } from "vitest";
import { complete } from "./completion.ts";
import { FRESH, hostAfter, shown } from "./lab.fixture.ts";

describe("help at the prompt", () => {
  it("names every word that Tab offers, each within a terminal's width", async () => {
    const text = await shown("help");
    const offered = complete(FRESH, "host", "", 0).candidates.map(({ label }) => label);
    expect(offered.length).toBeGreaterThan(50);
    const words = new Set(text.split(/[\s,]+/));
    expect(offered.filter((name) => !words.has(name))).toEqual([]);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("says what a name is, and that it knows no other", async () => {
    expect(await shown("help why")).toMatch(/^why PATH: /);
    expect(await shown("help ls")).toBe("ls is a program: ls --help\n");
    expect(await shown("help zzz")).toBe("bash: help: no help topics match `zzz'\n[1]");
  });

  it("tells a program's options where they are asked for, and only there", async () => {
    expect(await shown("ls --help")).toMatch(/^Usage: ls [\s\S]* -a, --all /);
    expect(await shown("cd /tmp; touch -- --help; ls -- --help")).toBe("--help\n");
    expect(await shown("env printf %s --help")).toBe("--help");
  });

  it.each([
    ...["chmod", "diff", "env", "mount", "sed", "split", "su", "sudo", "tar", "umount", "xargs"],
  ])("%s --help lists its options", async (name) => {
    expect(await shown(`${name} --help`)).toMatch(new RegExp(`^Usage: ${name} .*\n.*\n  -`));
  });

  it("lists no option that is refused", async () => {
    expect(await shown("split --help")).not.toMatch(/-[Cn]\b/);
    expect(await shown("split -n 3 x")).toBe(
      "split: -n is not here\nTry 'split --help' for more information.\n[1]",
    );
    expect(await shown("diff --help")).not.toContain("--side-by-side");
    expect(await shown("diff -y x x")).toMatch(/^diff: -y is not here\n.*\[2\]$/s);
  });

  it("finds programs and files on PATH", async () => {
    const host = await hostAfter([
      "printf '#!/bin/sh\\necho ran\\n' > /usr/local/bin/mine; chmod +x /usr/local/bin/mine",
      "echo text > /usr/local/bin/plain",
    ]);
    expect(await shown("which ls mine; type mine; mine", host)).toBe(
      "/usr/bin/ls\n/usr/local/bin/mine\nmine is /usr/local/bin/mine\nran\n",
    );
    expect(await shown("which plain cd", host)).toBe("[1]");
  });

  it("runs the file that `which` and `type` name", async () => {
    const host = await hostAfter([
      "mkdir /a /b; echo 'echo a' > /a/mine; echo 'echo b' > /b/mine; chmod +x /b/mine",
      "export PATH=/a:/b",
    ]);
    expect(await shown("which mine; type mine; mine", host)).toBe("/b/mine\nmine is /b/mine\nb\n");
    expect(await shown("chmod -x /b/mine; type mine; which mine || mine", host)).toBe(
      "mine is /a/mine\nbash: /a/mine: Permission denied\n[126]",
    );
  });
});
