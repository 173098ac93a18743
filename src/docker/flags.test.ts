import { expect, it } from "vitest";
import { type Flag, parseFlags } from "./flags.ts";

const RUN: readonly Flag[] = [
  { long: "interactive", short: "i", takes: "nothing" },
  { long: "tty", short: "t", takes: "nothing" },
  { long: "name", takes: "value" },
  { long: "env", short: "e", takes: "list" },
];

it("knows every form of a flag, and stops at the image", () => {
  const options = parseFlags(
    ["-it", "--name=c1", "-eA=1", "-e", "B=2", "--env", "C=3", "ubuntu", "ls", "-l"],
    RUN,
    false,
  );
  expect(options.has("interactive") && options.has("tty")).toBe(true);
  expect(options.value("name")).toBe("c1");
  expect(options.list("env")).toEqual(["A=1", "B=2", "C=3"]);
  expect(options.args).toEqual(["ubuntu", "ls", "-l"]);
});

it("flags may follow arguments where the command allows it, up to --", () => {
  const options = parseFlags(["c1", "-t", "--", "-i"], RUN, true);
  expect(options.has("tty")).toBe(true);
  expect(options.has("interactive")).toBe(false);
  expect(options.args).toEqual(["c1", "-i"]);
});

it.each([
  [["--frob"], "unknown flag: --frob"],
  [["-z"], "unknown shorthand flag: 'z' in -z"],
  [["--name"], "flag needs an argument: --name"],
  [["-te"], "flag needs an argument: 'e' in -te"],
])("%s is refused", (argv, message) => {
  expect(() => parseFlags(argv, RUN, false)).toThrow(message);
});
