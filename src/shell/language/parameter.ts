import { type Bit, ExpansionFault, type Expansions, listBits } from "./bits.ts";
import { patternMatcher, patternSource, type Run } from "./pattern.ts";
import { listOf, parameterOf, type Shell, setVariable } from "./shell.ts";
import type { ParameterOperation } from "./syntax.ts";

export interface OperationRequest {
  /** The parameter, its subscript evaluated. */
  readonly name: string;
  /** The elements when the parameter is a list (`@`, `*`, `a[@]`), else null. */
  readonly list: readonly string[] | null;
  readonly operation: ParameterOperation;
  readonly quoted: boolean;
}

/** `${name…}` with an operation: defaults, lengths, pieces, patterns, case, indirection. */
export async function expandOperation(
  shell: Shell,
  expand: Expansions,
  request: OperationRequest,
): Promise<Bit[]> {
  const { name, list, operation, quoted } = request;
  const kind = quoted ? "quoted" : "value";
  const value = list ? (list.length > 0 ? list.join(" ") : undefined) : parameterOf(shell, name);
  const asIs = (): Bit[] =>
    list ? listBits(shell, name, list, quoted) : [{ text: value ?? "", kind }];
  switch (operation.type) {
    case "DefaultValue":
      return isMissing(value, operation.checkEmpty)
        ? expand.parts(operation.word.parts, quoted)
        : asIs();
    case "AssignDefault": {
      if (!isMissing(value, operation.checkEmpty)) return asIs();
      const text = await expand.text(operation.word);
      setVariable(shell, name, text);
      return [{ text, kind }];
    }
    case "ErrorIfUnset": {
      if (!isMissing(value, operation.checkEmpty)) return asIs();
      const text = operation.word ? await expand.text(operation.word) : "";
      const standard = operation.checkEmpty ? "parameter null or not set" : "parameter not set";
      throw new ExpansionFault(`${name}: ${text === "" ? standard : text}`);
    }
    case "UseAlternative":
      return isMissing(value, operation.checkEmpty)
        ? []
        : expand.parts(operation.word.parts, quoted);
    case "Length":
      return [{ text: String(list ? list.length : [...(value ?? "")].length), kind }];
    case "Substring":
      return substring(shell, expand, request, operation);
    case "Indirection": {
      const target = value ?? "";
      if (operation.innerOp)
        return expandOperation(shell, expand, {
          name: target,
          list: null,
          operation: operation.innerOp,
          quoted,
        });
      return [{ text: parameterOf(shell, target) ?? "", kind }];
    }
    case "ArrayKeys":
      return listBits(
        shell,
        operation.star ? "*" : "@",
        listOf(shell, operation.array).map((_, index) => String(index)),
        quoted,
      );
    case "VarNamePrefix":
      return listBits(
        shell,
        operation.star ? "*" : "@",
        [...shell.variables.keys()].filter((key) => key.startsWith(operation.prefix)).sort(),
        quoted,
      );
    case "LengthSliceError":
      throw new ExpansionFault(`\${#${name}:…}: bad substitution`);
    case "BadSubstitution":
      throw new ExpansionFault(`\${${operation.text}}: bad substitution`);
    case "PatternRemoval":
    case "PatternReplacement":
    case "CaseModification":
    case "Transform": {
      if (value === undefined && shell.options.nounset)
        throw new ExpansionFault(`${name}: unbound variable`);
      const change = await changeOf(expand, operation);
      return list
        ? listBits(shell, name, list.map(change), quoted)
        : [{ text: change(value ?? ""), kind }];
    }
  }
}

function isMissing(value: string | undefined, orEmpty: boolean): boolean {
  return value === undefined || (orEmpty && value === "");
}

async function substring(
  shell: Shell,
  expand: Expansions,
  request: OperationRequest,
  operation: Extract<ParameterOperation, { type: "Substring" }>,
): Promise<Bit[]> {
  const { name, list, quoted } = request;
  const offset = Number(await expand.arithmetic(operation.offset.originalText ?? "0"));
  const length = operation.length
    ? Number(await expand.arithmetic(operation.length.originalText ?? "0"))
    : undefined;
  if (list) {
    const all = name === "@" || name === "*" ? [shell.name, ...list] : list;
    return listBits(shell, name, slice(all, offset, length), quoted);
  }
  const chars = [...(parameterOf(shell, name) ?? "")];
  const text = slice(chars, offset, length).join("");
  return [{ text, kind: quoted ? "quoted" : "value" }];
}

function slice<T>(items: readonly T[], offset: number, length: number | undefined): readonly T[] {
  const from = offset < 0 ? items.length + offset : offset;
  if (from < 0 || from > items.length) return [];
  if (length === undefined) return items.slice(from);
  const to = length < 0 ? items.length + length : from + length;
  return items.slice(from, Math.max(from, to));
}

type Changing = Extract<
  ParameterOperation,
  { type: "PatternRemoval" | "PatternReplacement" | "CaseModification" | "Transform" }
>;

async function changeOf(
  expand: Expansions,
  operation: Changing,
): Promise<(text: string) => string> {
  switch (operation.type) {
    case "PatternRemoval": {
      const pattern = await expand.pattern(operation.pattern);
      return removal(pattern, operation.side, operation.greedy);
    }
    case "PatternReplacement": {
      const pattern = await expand.pattern(operation.pattern);
      const by = operation.replacement ? await expand.text(operation.replacement) : "";
      return replacement(pattern, by, operation.all, operation.anchor);
    }
    case "CaseModification": {
      const pattern = operation.pattern ? await expand.pattern(operation.pattern) : null;
      const plain = pattern?.map(({ text }) => ({ text, quoted: false }));
      const matches = plain ? patternMatcher(plain) : () => true;
      const turn = (char: string): string =>
        operation.direction === "upper" ? char.toUpperCase() : char.toLowerCase();
      return (text) =>
        [...text]
          .map((char, i) => ((operation.all || i === 0) && matches(char) ? turn(char) : char))
          .join("");
    }
    case "Transform":
      return transformation(operation.operator);
  }
}

function removal(
  pattern: readonly Run[],
  side: "prefix" | "suffix",
  greedy: boolean,
): (text: string) => string {
  const matches = patternMatcher(pattern);
  return (text) => {
    for (let n = 0; n <= text.length; n++) {
      const size = greedy ? text.length - n : n;
      const piece = side === "prefix" ? text.slice(0, size) : text.slice(text.length - size);
      if (matches(piece))
        return side === "prefix" ? text.slice(size) : text.slice(0, text.length - size);
    }
    return text;
  };
}

function replacement(
  pattern: readonly Run[],
  by: string,
  all: boolean,
  anchor: "start" | "end" | null,
): (text: string) => string {
  const source = patternSource(pattern);
  if (source === "") return (text) => text;
  const anchored =
    anchor === "start" ? `^(?:${source})` : anchor === "end" ? `(?:${source})$` : source;
  const expression = new RegExp(anchored, all && !anchor ? "gsu" : "su");
  return (text) => text.replace(expression, () => by);
}

function transformation(operator: string): (text: string) => string {
  switch (operator) {
    case "U":
      return (text) => text.toUpperCase();
    case "L":
      return (text) => text.toLowerCase();
    case "u":
      return (text) => text.slice(0, 1).toUpperCase() + text.slice(1);
    case "Q":
      return (text) => `'${text.replaceAll("'", "'\\''")}'`;
    default:
      return (text) => text;
  }
}
