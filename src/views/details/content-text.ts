import { bytesToHex } from "@noble/hashes/utils.js";

/** The bytes as text when they are printable UTF-8, else as hex: "0x01000002". */
export function textOfBytes(bytes: Uint8Array): string {
  const text = decoded(bytes);
  if (text !== null && !/\p{Cc}/u.test(text)) return text;
  return `0x${bytesToHex(bytes)}`;
}

/** Whether a file's first bytes are to be read as text: no NUL in them, and UTF-8 up to a character cut at the end. */
export function looksLikeText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  for (let cut = 0; cut < 4; cut++)
    if (decoded(bytes.subarray(0, bytes.length - cut)) !== null) return true;
  return false;
}

/** Eight or sixteen bytes a line, as `hexdump -C` has them: offset, bytes in eights, printable ASCII. */
export function hexLines(bytes: Uint8Array, width: 8 | 16): readonly string[] {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += width) {
    const line = bytes.subarray(at, at + width);
    const hex = bytesToHex(line).match(/../g) ?? [];
    const eights = [hex.slice(0, 8), hex.slice(8)].slice(0, width / 8);
    const ascii = Array.from(line, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    );
    const offset = at.toString(16).padStart(8, "0");
    const words = eights.map((eight) => eight.join(" ").padEnd(23));
    lines.push(`${offset}  ${words.join("  ")}  |${ascii.join("")}|`);
  }
  return lines;
}

function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
