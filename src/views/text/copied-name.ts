import { encodeName } from "../../tree/name.ts";

/**
 * A name as a clipboard can hold it: the very characters, those that are not drawn included. One with bytes that are not
 * UTF-8, or with a NUL, is no text: it is copied in a shell's quotes, $'…', which give the same bytes.
 */
export function copiedName(name: string): string {
  if (!/[\0\ud800-\udfff]/u.test(name)) return name;
  let quoted = "";
  for (const byte of encodeName(name)) {
    const char = String.fromCharCode(byte);
    quoted += /[\w./ -]/.test(char) ? char : `\\x${byte.toString(16).padStart(2, "0")}`;
  }
  return `$'${quoted}'`;
}
