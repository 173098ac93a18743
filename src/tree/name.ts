/**
 * File names as strings.
 *
 * A name in a layer is bytes. Here it is a string: valid UTF-8 decodes as usual, and each byte that is not part of
 * valid UTF-8 stands as one lone surrogate U+DC80..U+DCFF (the scheme of Python's PEP 383). Encoding gives the same
 * bytes back, so nothing is lost, and a name of well-formed text is just that text.
 */

import { compareBytes } from "./name-order.ts";

/** Bytes from which on the platform decodes faster than a loop, and into a string that is one piece. */
const LONG = 64;
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Decodes the bytes of a name. O(bytes). */
export function decodeName(bytes: Uint8Array): string {
  if (bytes.length > LONG) return decodeMixed(bytes);
  let ascii = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!;
    if (byte >= 0x80) return decodeMixed(bytes);
    ascii += String.fromCharCode(byte);
  }
  return ascii;
}

/** Encodes a name; the inverse of `decodeName`. A lone surrogate outside U+DC80..U+DCFF becomes U+FFFD. */
export function encodeName(name: string): Uint8Array {
  const ascii = new Uint8Array(name.length);
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code >= 0x80) return encodeMixed(name);
    ascii[i] = code;
  }
  return ascii;
}

/** Orders names by their bytes, as `LC_ALL=C sort` does. */
export function compareNames(a: string, b: string): number {
  if (a === b) return 0;
  const x = encodeName(a);
  const y = encodeName(b);
  return compareBytes(x, 0, x.length, y, 0, y.length);
}

function encodeMixed(name: string): Uint8Array {
  if (!/[\udc80-\udcff]/.test(name)) return encoder.encode(name);
  const bytes: number[] = [];
  for (const char of name) {
    const code = char.codePointAt(0)!;
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00);
    else for (const byte of encoder.encode(char)) bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

function decodeMixed(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    let text = "";
    for (let i = 0; i < bytes.length; ) {
      const length = validSequenceAt(bytes, i);
      if (length === 0) text += String.fromCharCode(0xdc00 + bytes[i++]!);
      else {
        text += strict.decode(bytes.subarray(i, i + length));
        i += length;
      }
    }
    return text;
  }
}

/** The length of the well-formed UTF-8 sequence at `at`, or 0. */
function validSequenceAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}
