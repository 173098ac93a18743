import { expect, it } from "vitest";
import { expandWords, pairs, parseDockerfile } from "./dockerfile.ts";

it("joins continuation lines, skips comments, knows flags and the exec form", () => {
  const parsed = parseDockerfile(`# a comment
from ubuntu AS base
RUN apt update && \\
  # inside
    apt install  x

COPY --chown=1:2 --from=base ["a b", "/dst/"]
CMD ["sh", "-c", "echo \\"hi\\""]
`);
  expect(
    parsed.map(({ keyword, flags, json, text, line }) => [
      keyword,
      Object.fromEntries(flags),
      json,
      text,
      line,
    ]),
  ).toEqual([
    ["FROM", {}, null, "ubuntu AS base", 2],
    ["RUN", {}, null, "apt update &&     apt install  x", 3],
    ["COPY", { chown: "1:2", from: "base" }, ["a b", "/dst/"], '["a b", "/dst/"]', 7],
    ["CMD", {}, ["sh", "-c", 'echo "hi"'], '["sh", "-c", "echo \\"hi\\""]', 8],
  ]);
});

it("the escape directive changes the continuation character", () => {
  const [from, run] = parseDockerfile("# escape=`\nFROM x\nRUN dir c:\\ `\n && b\n");
  expect(from?.text).toBe("x");
  expect(run?.text).toBe("dir c:\\  && b");
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: these are the builder's variables
it.each([
  ["$A ${B} ${C:-d e}", ["1", "two words", "d e"]],
  ["'$A' \"$A x\" \\$A", ["$A", "1 x", "$A"]],
  ["${A:+yes}${C:+no} pre$A-post", ["yes", "pre1-post"]],
])("%s expands", (text, words) => {
  expect(expandWords(text, { A: "1", B: "two words" })).toEqual(words);
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: end

it("ENV has two forms", () => {
  const [one, old] = parseDockerfile('ENV A=1 B="x y" C=z\\ w\nENV OLD the rest\n');
  expect(one && pairs(one, {})).toEqual([
    ["A", "1"],
    ["B", "x y"],
    ["C", "z w"],
  ]);
  expect(old && pairs(old, {})).toEqual([["OLD", "the rest"]]);
});

it("an unknown instruction is refused with its line", () => {
  expect(() => parseDockerfile("FROM x\nFROB y\n")).toThrow(
    "Dockerfile parse error line 2: unknown instruction: FROB",
  );
});
