/**
 * Words to fields: braces, tildes, parameters, command substitution, arithmetic, splitting, names.
 * In bash's order, except that all but braces, splitting and names happen in one walk of the word.
 */
import { decodeName } from "../../tree/name.ts";
import { evaluateArithmetic } from "./arithmetic.ts";
import { type Bit, type Expander, ExpansionFault, type Expansions, listBits } from "./bits.ts";
import { expandBraces } from "./braces.ts";
import { expandNames } from "./glob.ts";
import { expandOperation } from "./parameter.ts";
import type { Run } from "./pattern.ts";
import { listOf, parameterOf, type Shell, setVariable } from "./shell.ts";
import type { ParameterPart, Word, WordPart } from "./syntax.ts";

/** Expands words to the fields a command gets. */
export async function expandWords(expander: Expander, words: readonly Word[]): Promise<string[]> {
  const fields: string[] = [];
  for (const word of words)
    for (const plain of expandBraces(word)) {
      const split = splitFields(await expandParts(expander, plain.parts, false), expander.shell);
      for (const field of split) fields.push(...expandNames(expander.shell, field));
    }
  return fields;
}

/** Expands a word to one text: no splitting, no names. For assignments, here-documents, `case` and `[[ ]]`. */
export async function expandText(expander: Expander, word: Word): Promise<string> {
  return joinBits(await expandParts(expander, word.parts, false));
}

/** Expands a word that is a pattern: what was quoted stands for itself. */
export async function expandPattern(expander: Expander, word: Word): Promise<Run[]> {
  const bits = await expandParts(expander, word.parts, false);
  return bits.map((bit) => ({ text: bit.text, quoted: bit.kind === "quoted" }));
}

/** Evaluates arithmetic text, in which `$` may stand. */
export async function expandArithmetic(expander: Expander, text: string): Promise<bigint> {
  const { shell } = expander;
  let plain = text;
  if (/[$`"]/.test(text)) {
    const parsed = shell.process.world.parse(`: "${text.replaceAll('"', "")}"`);
    const command =
      parsed.type === "script" ? parsed.script.statements[0]?.pipelines[0]?.commands[0] : undefined;
    const word = command?.type === "SimpleCommand" ? command.args[0] : undefined;
    if (word) plain = await expandText(expander, word);
  }
  const result = evaluateArithmetic(plain, {
    get: (name) => parameterOf(shell, arithmeticName(shell, name)) ?? "",
    set: (name, value) => void setVariable(shell, arithmeticName(shell, name), value),
  });
  if (!result.ok) throw new ExpansionFault(result.message);
  return result.value;
}

function arithmeticName(shell: Shell, name: string): string {
  const element = /^(\w+)\[(.*)\]$/s.exec(name);
  if (!element) return name;
  const index = evaluateArithmetic(element[2] ?? "", {
    get: (inner) => parameterOf(shell, inner) ?? "",
    set: (inner, value) => void setVariable(shell, inner, value),
  });
  return `${element[1]}[${index.ok ? index.value : 0}]`;
}

function joinBits(bits: readonly Bit[]): string {
  return bits.map((bit) => (bit.breaks ? ` ${bit.text}` : bit.text)).join("");
}

/** Expands the parts of a word; in double quotes everything is quoted. */
async function expandParts(
  expander: Expander,
  parts: readonly WordPart[],
  quoted: boolean,
): Promise<Bit[]> {
  const bits: Bit[] = [];
  for (const part of parts) bits.push(...(await expandPart(expander, part, quoted)));
  return bits;
}

async function expandPart(expander: Expander, part: WordPart, quoted: boolean): Promise<Bit[]> {
  const plain = quoted ? "quoted" : "literal";
  const value = quoted ? "quoted" : "value";
  switch (part.type) {
    case "Literal":
      return [{ text: part.value, kind: "quoted" }];
    case "Glob":
      return [{ text: part.pattern, kind: plain }];
    case "SingleQuoted":
    case "Escaped":
      return [{ text: part.value, kind: "quoted" }];
    case "DoubleQuoted": {
      const inner = await expandParts(expander, part.parts, true);
      const onlyList = part.parts.length > 0 && part.parts.every(isList);
      return inner.length === 0 && !onlyList ? [{ text: "", kind: "quoted" }] : inner;
    }
    case "ParameterExpansion":
      return expandParameter(expander, part, quoted);
    case "CommandSubstitution": {
      const bytes = await expander.substitute(expander.shell, part.body);
      const text = decodeName(bytes.filter((byte) => byte !== 0)).replace(/\n+$/, "");
      return [{ text, kind: value }];
    }
    case "ArithmeticExpansion": {
      const result = await expandArithmetic(expander, part.expression.originalText ?? "0");
      return [{ text: String(result), kind: value }];
    }
    case "TildeExpansion":
      return [{ text: tilde(expander.shell, part.user), kind: "quoted" }];
    case "BraceExpansion":
      return [{ text: await literalBraces(expander, part), kind: "quoted" }];
    case "ProcessSubstitution":
      throw new ExpansionFault("process substitution is not supported here; use a pipe");
  }
}

/** Where braces are not expanded (an assignment, `case`) they are text. */
async function literalBraces(
  expander: Expander,
  part: Extract<WordPart, { type: "BraceExpansion" }>,
): Promise<string> {
  const texts: string[] = [];
  for (const item of part.items)
    texts.push(
      item.type === "Word"
        ? await expandText(expander, item.word)
        : `${item.startStr ?? item.start}..${item.endStr ?? item.end}`,
    );
  return `{${texts.join(",")}}`;
}

function isList(part: WordPart): boolean {
  return part.type === "ParameterExpansion" && /^(@|\w+\[@\])$/.test(part.parameter);
}

function tilde(shell: Shell, user: string | null): string {
  if (user === null) return parameterOf(shell, "HOME") ?? "/root";
  if (user === "+") return parameterOf(shell, "PWD") ?? "~+";
  if (user === "-") return parameterOf(shell, "OLDPWD") ?? "~-";
  return user === "root" ? "/root" : `~${user}`;
}

function expansionsOf(expander: Expander): Expansions {
  return {
    parts: (parts, quoted) => expandParts(expander, parts, quoted),
    text: (word) => expandText(expander, word),
    pattern: (word) => expandPattern(expander, word),
    arithmetic: (text) => expandArithmetic(expander, text),
  };
}

async function expandParameter(
  expander: Expander,
  part: ParameterPart,
  quoted: boolean,
): Promise<Bit[]> {
  const { shell } = expander;
  const name = await subscript(expander, part.parameter);
  const list = elementsOf(shell, name);
  const kind = quoted ? "quoted" : "value";
  if (part.operation)
    return expandOperation(shell, expansionsOf(expander), {
      name,
      list,
      operation: part.operation,
      quoted,
    });
  if (list) return listBits(shell, name, list, quoted);
  const value = parameterOf(shell, name);
  if (value === undefined && shell.options.nounset)
    throw new ExpansionFault(`${name}: unbound variable`);
  return [{ text: value ?? "", kind }];
}

/** `a[i+1]` to `a[3]`. */
async function subscript(expander: Expander, parameter: string): Promise<string> {
  const element = /^(\w+)\[(.*)\]$/s.exec(parameter);
  if (!element || element[2] === "@" || element[2] === "*") return parameter;
  return `${element[1]}[${await expandArithmetic(expander, element[2] ?? "0")}]`;
}

/** The elements of `@`, `*`, `a[@]`, `a[*]`; null for anything else. */
function elementsOf(shell: Shell, name: string): readonly string[] | null {
  if (name === "@" || name === "*") return shell.positional;
  const element = /^(\w+)\[[@*]\]$/.exec(name);
  return element ? listOf(shell, element[1] ?? "") : null;
}

/** Splits the values among the bits at IFS. A field with something quoted stays, even when empty. */
function splitFields(bits: readonly Bit[], shell: Shell): Run[][] {
  const ifs = parameterOf(shell, "IFS") ?? " \t\n";
  const fields: Run[][] = [];
  let field: Run[] | null = null;
  const end = (): void => {
    if (field) fields.push(field);
    field = null;
  };
  for (const bit of bits) {
    if (bit.breaks) end();
    if (bit.kind !== "value") {
      field = [...(field ?? []), { text: bit.text, quoted: bit.kind === "quoted" }];
      continue;
    }
    for (const token of ifsTokens(bit.text, ifs)) {
      if (token.separator) {
        if (token.hard && !field) field = [{ text: "", quoted: true }];
        end();
      } else field = [...(field ?? []), { text: token.text, quoted: false }];
    }
  }
  end();
  return fields;
}

interface IfsToken {
  readonly text: string;
  readonly separator: boolean;
  /** A separator with a character that is not white space: it ends a field even when the field is empty. */
  readonly hard: boolean;
}

function ifsTokens(text: string, ifs: string): IfsToken[] {
  if (ifs === "" || text === "")
    return text === "" ? [] : [{ text, separator: false, hard: false }];
  const isWhite = (char: string): boolean => /[ \t\n]/.test(char) && ifs.includes(char);
  const tokens: IfsToken[] = [];
  for (let i = 0; i < text.length; ) {
    const char = text[i] ?? "";
    let end = i;
    if (!ifs.includes(char)) {
      while (end < text.length && !ifs.includes(text[end] ?? "")) end++;
      tokens.push({ text: text.slice(i, end), separator: false, hard: false });
    } else {
      while (isWhite(text[end] ?? "")) end++;
      const hard = end < text.length && ifs.includes(text[end] ?? "");
      if (hard) end++;
      while (isWhite(text[end] ?? "")) end++;
      tokens.push({ text: "", separator: true, hard });
    }
    i = end;
  }
  return tokens;
}
