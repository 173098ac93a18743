import { expect, it } from "vitest";
import type { Candidate } from "../../shell/completion.ts";
import { applied, chosen, closed, opened, stepped } from "./choosing.ts";

const path = (label: string): Candidate => ({ text: `${label} `, label, kind: "path" });

it("takes the only completion at once", () => {
  const { text, choosing } = opened("cat mo", { from: 4, to: 6, candidates: [path("motd")] });
  expect(text).toBe("cat motd ");
  expect(choosing).toBe(closed);
});

it("goes as far as all completions agree, then offers them", () => {
  const candidates = [path("file1"), path("file2")];
  const { text, choosing } = opened("cat f | wc", { from: 4, to: 5, candidates });
  expect(text).toBe("cat file | wc");
  const second = stepped(stepped(choosing, 1), 1);
  const option = chosen(second);
  expect(option?.label).toBe("file2");
  expect(option && applied(text, second, option)).toBe("cat file2  | wc");
});

it("goes round, and backwards begins at the end", () => {
  const candidates = [path("a"), path("b"), path("c")];
  const { choosing } = opened("", { from: 0, to: 0, candidates });
  expect(chosen(choosing)).toBeNull();
  expect(chosen(stepped(choosing, -1))?.label).toBe("c");
  expect(chosen(stepped(stepped(choosing, -1), 1))?.label).toBe("a");
});

it("leaves the line as it is where nothing fits", () => {
  expect(opened("cat zz", { from: 4, to: 6, candidates: [] })).toEqual({
    text: "cat zz",
    choosing: closed,
  });
});
