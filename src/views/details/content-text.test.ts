import { expect, it } from "vitest";
import { hexLines, looksLikeText, textOfBytes } from "./content-text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

it("tells text from binary by its bytes, a character cut at the end included", () => {
  expect(looksLikeText(bytes("größe\n"))).toBe(true);
  expect(looksLikeText(bytes("größe").subarray(0, 3))).toBe(true);
  expect(looksLikeText(Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 0))).toBe(false);
  expect(looksLikeText(Uint8Array.of(0xff, 0xfe, 0x41, 0x42, 0x43, 0x44))).toBe(false);
});

it("shows an attribute as text, or as hex", () => {
  expect(textOfBytes(bytes("hello"))).toBe("hello");
  expect(textOfBytes(Uint8Array.of(1, 0, 0, 2))).toBe("0x01000002");
});

it("writes hex as hexdump does", () => {
  expect(hexLines(bytes("0123456789abcdef\n"), 16)).toEqual([
    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|",
    "00000010  0a                                                |.|",
  ]);
  expect(hexLines(bytes("0123456789\n"), 8)).toEqual([
    "00000000  30 31 32 33 34 35 36 37  |01234567|",
    "00000008  38 39 0a                 |89.|",
  ]);
});
