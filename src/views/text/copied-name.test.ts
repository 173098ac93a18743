import { expect, it } from "vitest";
import { copiedName } from "./copied-name.ts";

it.each([
  ["text is copied as it is", "/a b/größe", "/a b/größe"],
  ["so is what is not drawn", "/invoice\u202etxt.exe\n", "/invoice\u202etxt.exe\n"],
  ["and what has two halves", "/\u{1f600}", "/\u{1f600}"],
  ["bytes that are no text are quoted", "/a'\udcff é", "$'/a\\x27\\xff \\xc3\\xa9'"],
])("%s", (_, name, copied) => {
  expect(copiedName(name)).toBe(copied);
});
