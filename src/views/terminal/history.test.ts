import { expect, it } from "vitest";
import { newer, older, typed } from "./history.ts";

const LINES = ["ls", "ls", "cat f", "for i in 1\ndo echo\ndone"];

it("goes back over what was typed, repeats once, and stops at the first", () => {
  const once = older(typed("dra"), LINES);
  expect(once.text).toBe("cat f");
  const twice = older(once, LINES);
  expect(twice.text).toBe("ls");
  expect(older(twice, LINES).text).toBe("ls");
});

it("gives back the line that was being typed", () => {
  const back = older(older(typed("dra"), LINES), LINES);
  expect(newer(newer(back, LINES), LINES).text).toBe("dra");
  expect(newer(typed("dra"), LINES).text).toBe("dra");
});
