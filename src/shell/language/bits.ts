import type { Run } from "./pattern.ts";
import { parameterOf, type Shell } from "./shell.ts";
import type { Script, Word, WordPart } from "./syntax.ts";

/** How an expansion stops a command: the message is bash's, the status what `$?` becomes. */
export class ExpansionFault {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

/** What a part of a word gave. */
export interface Bit {
  readonly text: string;
  /** Text in quotes, text of the word itself, or the value of an expansion, which is split. */
  readonly kind: "quoted" | "literal" | "value";
  /** A new field begins here: the elements of "$@". */
  readonly breaks?: boolean;
}

/** Runs a script in a subshell and gives what it wrote. */
export type Substitute = (shell: Shell, script: Script) => Promise<Uint8Array>;

export interface Expander {
  readonly shell: Shell;
  readonly substitute: Substitute;
}

/** The expansions of words, for those that are inside others: `${x:-$(ls)}`. */
export interface Expansions {
  readonly parts: (parts: readonly WordPart[], quoted: boolean) => Promise<Bit[]>;
  readonly text: (word: Word) => Promise<string>;
  readonly pattern: (word: Word) => Promise<Run[]>;
  readonly arithmetic: (text: string) => Promise<bigint>;
}

/** A list as bits: separate fields, or for a quoted `*` one text joined by the first character of IFS. */
export function listBits(
  shell: Shell,
  name: string,
  list: readonly string[],
  quoted: boolean,
): Bit[] {
  const kind = quoted ? "quoted" : "value";
  if (quoted && (name === "*" || name.endsWith("[*]"))) {
    const ifs = parameterOf(shell, "IFS");
    return [{ text: list.join(ifs === undefined ? " " : (ifs[0] ?? "")), kind }];
  }
  return list.map((text, index) => ({ text, kind, ...(index > 0 ? { breaks: true } : {}) }));
}
