/** One instruction of a Dockerfile, before variables are replaced. */
export interface Instruction {
  /** In capitals: "FROM", "RUN", … */
  readonly keyword: string;
  /** `--chown=1:2` and the like, by name. */
  readonly flags: ReadonlyMap<string, string>;
  /** The words of the exec form (`["a", "b"]`), or null when it is written as plain text. */
  readonly json: readonly string[] | null;
  /** What comes after the keyword and flags, continuation lines joined. */
  readonly text: string;
  /** The whole of it, as a build's step names it. */
  readonly original: string;
  /** The line it begins on, from 1. */
  readonly line: number;
}

/** A Dockerfile that cannot be built, in the words of the builder. */
export class DockerfileError extends Error {}

const KEYWORDS = new Set(
  "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME WORKDIR".split(
    " ",
  ),
);
const EXEC_FORM = new Set("ADD CMD COPY ENTRYPOINT RUN SHELL VOLUME".split(" "));

/** Reads a Dockerfile: comments, the escape directive, continuation lines, flags and the exec form. */
export function parseDockerfile(source: string): readonly Instruction[] {
  const lines = source.replace(/^\ufeff/, "").split(/\r?\n/);
  const mark = escapeCharacter(lines);
  const continued = new RegExp(`${mark === "\\" ? "\\\\" : "`"}[ \\t]*$`);
  const instructions: Instruction[] = [];
  let text = "";
  let start = 0;
  let open = false;
  for (const [index, raw] of lines.entries()) {
    if (/^\s*#/.test(raw) || (open && raw.trim() === "")) continue;
    const line = open ? raw : raw.trimStart();
    if (!open) start = index + 1;
    open = continued.test(line);
    text += open ? line.replace(continued, "") : line;
    if (open) continue;
    if (text.trim() !== "") instructions.push(instruction(text.trim(), start));
    text = "";
  }
  if (text.trim() !== "") instructions.push(instruction(text.trim(), start));
  if (instructions.length === 0)
    throw new DockerfileError("the Dockerfile (Dockerfile) cannot be empty");
  return instructions;
}

function escapeCharacter(lines: readonly string[]): "\\" | "`" {
  for (const line of lines) {
    const [, name, value] = /^#\s*([a-z]+)\s*=\s*(\S+)\s*$/i.exec(line) ?? [];
    if (name === undefined) break;
    if (name.toLowerCase() === "escape") return value === "`" ? "`" : "\\";
  }
  return "\\";
}

function instruction(text: string, line: number): Instruction {
  const [, word = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(text) ?? [];
  const keyword = word.toUpperCase();
  if (!KEYWORDS.has(keyword))
    throw new DockerfileError(
      `Dockerfile parse error line ${line}: unknown instruction: ${keyword}`,
    );
  const flags = new Map<string, string>();
  let body = rest;
  for (;;) {
    const [whole, name, value = ""] = /^--([a-z]+)(?:=(\S*))?\s*/.exec(body) ?? [];
    if (whole === undefined || name === undefined) break;
    flags.set(name, value);
    body = body.slice(whole.length);
  }
  if (keyword === "FROM" && !/^\S+(?:\s+as\s+\S+)?$/i.test(body.trim()))
    throw new DockerfileError(
      `Dockerfile parse error line ${line}: FROM requires either one or three arguments`,
    );
  const json = EXEC_FORM.has(keyword) ? execForm(body) : null;
  return { keyword, flags, json, text: body, original: `${keyword} ${rest}`, line };
}

function execForm(text: string): readonly string[] | null {
  if (!text.startsWith("[")) return null;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === "string") ? words : null;
  } catch {
    return null;
  }
}

/**
 * Splits `text` into words and replaces `$NAME`, `${NAME}`, `${NAME:-word}` and `${NAME:+word}`, as the builder does:
 * nothing inside single quotes, quotes and escapes taken off.
 */
export function expandWords(
  text: string,
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === "" && /\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
      continue;
    }
    word ??= "";
    if (quote === "'") {
      if (char === "'") quote = "";
      else word += char;
    } else if (char === "'" && quote === "") quote = "'";
    else if (char === '"') quote = quote === '"' ? "" : '"';
    else if (char === "\\" && at + 1 < text.length) {
      const next = text.charAt(++at);
      word += quote === '"' && !'"$\\'.includes(next) ? char + next : next;
    } else if (char === "$") {
      const found = variableAt(text, at, variables);
      word += found.value;
      at = found.end - 1;
    } else word += char;
  }
  if (word !== null) words.push(word);
  return words;
}

function variableAt(
  text: string,
  at: number,
  variables: Readonly<Record<string, string>>,
): { readonly value: string; readonly end: number } {
  const [plain, name] = /^\$(\w+)/.exec(text.slice(at)) ?? [];
  if (plain !== undefined && name !== undefined)
    return { value: variables[name] ?? "", end: at + plain.length };
  const [braced, inner, modifier, word = ""] =
    /^\$\{(\w+)(?::([-+])([^}]*))?\}/.exec(text.slice(at)) ?? [];
  if (braced === undefined || inner === undefined) return { value: "$", end: at + 1 };
  const value = variables[inner] ?? "";
  const other = expandWords(word, variables).join(" ");
  const chosen =
    modifier === "-" ? value || other : modifier === "+" ? (value === "" ? "" : other) : value;
  return { value: chosen, end: at + braced.length };
}

/** `A=1 B="x y"` as pairs, or the old form `A the rest` as one pair. For ENV and LABEL. */
export function pairs(
  { keyword, text }: Instruction,
  variables: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] {
  const [, name, rest] = /^([^\s=]+)\s+(.*)$/s.exec(text) ?? [];
  if (name !== undefined && rest !== undefined)
    return [[name, expandWords(rest, variables).join(" ")]];
  const words = expandWords(text, variables);
  if (words.length === 0) throw new DockerfileError(`${keyword} requires at least one argument`);
  return words.map((word) => {
    const equals = word.indexOf("=");
    if (equals < 1)
      throw new DockerfileError(
        `Syntax error - can't find = in "${word}". Must be of the form: name=value`,
      );
    return [word.slice(0, equals), word.slice(equals + 1)];
  });
}
