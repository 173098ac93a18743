/** What a template can print: plain data, as JSON. */
export type Value =
  | string
  | number
  | boolean
  | null
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A template that cannot be parsed, or that asks for a field that is not there. The message is Go's wording. */
export class TemplateError extends Error {}

type Operand =
  | { readonly type: "path"; readonly variable: string | null; readonly fields: readonly string[] }
  | { readonly type: "literal"; readonly value: Value }
  | { readonly type: "call"; readonly name: string }
  | { readonly type: "group"; readonly pipeline: Pipeline; readonly fields: readonly string[] };
type Pipeline = readonly (readonly Operand[])[];
type Node =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "print"; readonly pipeline: Pipeline }
  | { readonly type: "set"; readonly name: string; readonly pipeline: Pipeline }
  | {
      readonly type: "if" | "with" | "range";
      readonly variables: readonly string[];
      readonly pipeline: Pipeline;
      readonly body: readonly Node[];
      readonly otherwise: readonly Node[];
    };

/**
 * Renders the part of Go's text/template that docker's `-f` and `--format` are used with: fields, variables, pipelines,
 * if / else, with, range, and docker's functions (json, join, split, lower, upper, title, truncate, println).
 */
export function renderTemplate(template: string, data: Value): string {
  const parser = new Parser(template);
  const nodes = parser.nodes();
  return run(nodes, data, new Map([["$", data]]), template);
}

class Parser {
  readonly #parts: readonly string[];
  #at = 0;

  constructor(template: string) {
    this.#parts = template.split(
      /(\{\{(?:-\s)?(?:"(?:\\.|[^"\\])*"|`[^`]*`|[^}"`]|\}(?!\}))*\}\})/,
    );
    for (const [index, part] of this.#parts.entries())
      if (index % 2 === 0 && part.includes("{{")) throw parseError("unclosed action");
  }

  nodes(): readonly Node[] {
    const { nodes, end } = this.#block();
    if (end !== null) throw parseError(`unexpected {{${end}}}`);
    return nodes;
  }

  #block(): { readonly nodes: readonly Node[]; readonly end: string | null } {
    const nodes: Node[] = [];
    for (; this.#at < this.#parts.length; ) {
      const index = this.#at++;
      const part = this.#parts[index] ?? "";
      if (index % 2 === 0) {
        let text = part;
        if (/^\{\{- /.test(this.#parts[index + 1] ?? "")) text = text.trimEnd();
        if (/ -\}\}$/.test(this.#parts[index - 1] ?? "")) text = text.trimStart();
        if (text !== "") nodes.push({ type: "text", text });
        continue;
      }
      const action = part
        .replace(/^\{\{(- )?/, "")
        .replace(/( -)?\}\}$/, "")
        .trim();
      if (action.startsWith("/*")) continue;
      if (action === "end" || /^else\b/.test(action)) return { nodes, end: action };
      nodes.push(this.#action(action));
    }
    return { nodes, end: null };
  }

  #action(action: string): Node {
    const [, keyword, rest = ""] = /^(if|with|range)\b\s*(.*)$/s.exec(action) ?? [];
    if (keyword === "if" || keyword === "with" || keyword === "range")
      return this.#branch(keyword, rest);
    const [, name, value] = /^(\$\w+)\s*:?=\s*(.*)$/s.exec(action) ?? [];
    if (name !== undefined && value !== undefined)
      return { type: "set", name, pipeline: parsePipeline(value) };
    return { type: "print", pipeline: parsePipeline(action) };
  }

  #branch(type: "if" | "with" | "range", rest: string): Node {
    const [, names, value] = /^(\$\w+(?:\s*,\s*\$\w+)?)\s*:=\s*(.*)$/s.exec(rest) ?? [];
    const pipeline = parsePipeline(value ?? rest);
    const { nodes: body, end } = this.#block();
    let otherwise: readonly Node[] = [];
    if (end?.startsWith("else")) {
      const [, nested] = /^else\s+if\b\s*(.*)$/s.exec(end) ?? [];
      if (nested !== undefined) otherwise = [this.#branch("if", nested)];
      else {
        const rest = this.#block();
        if (rest.end !== "end") throw parseError("unexpected EOF");
        otherwise = rest.nodes;
      }
    } else if (end !== "end") throw parseError("unexpected EOF");
    return {
      type,
      variables: names?.split(/\s*,\s*/) ?? [],
      pipeline,
      body,
      otherwise,
    };
  }
}

const TOKEN =
  /\s*(?:("(?:\\.|[^"\\])*")|(`[^`]*`)|(-?\d+(?:\.\d+)?)|(\$\w*)?((?:\.\w+)+|\.)|(\$\w*)|(\w+)|([|()]))/y;

function parsePipeline(source: string): Pipeline {
  const stack: { commands: Operand[][] }[] = [{ commands: [[]] }];
  const push = (operand: Operand) => stack.at(-1)?.commands.at(-1)?.push(operand);
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) throw parseError(`unexpected ${JSON.stringify(source.slice(from).trim()[0])}`);
    const [, quoted, raw, number, variable, path, lone, word, mark] = match;
    if (quoted !== undefined) push({ type: "literal", value: unquote(quoted) });
    else if (raw !== undefined) push({ type: "literal", value: raw.slice(1, -1) });
    else if (number !== undefined) push({ type: "literal", value: Number(number) });
    else if (path !== undefined)
      push({
        type: "path",
        variable: variable ?? null,
        fields: path.split(".").filter((field) => field !== ""),
      });
    else if (lone !== undefined) push({ type: "path", variable: lone, fields: [] });
    else if (word === "true" || word === "false") push({ type: "literal", value: word === "true" });
    else if (word === "nil") push({ type: "literal", value: null });
    else if (word !== undefined) {
      if (!(word in FUNCTIONS)) throw parseError(`function "${word}" not defined`);
      push({ type: "call", name: word });
    } else if (mark === "|") stack.at(-1)?.commands.push([]);
    else if (mark === "(") stack.push({ commands: [[]] });
    else {
      const group = stack.pop();
      if (!group || stack.length === 0) throw parseError("unexpected right paren");
      const after = /^((?:\.\w+)+)/.exec(source.slice(TOKEN.lastIndex))?.[1] ?? "";
      TOKEN.lastIndex += after.length;
      push({
        type: "group",
        pipeline: group.commands,
        fields: after.split(".").filter((field) => field !== ""),
      });
    }
  }
  const [whole] = stack;
  if (stack.length !== 1 || !whole) throw parseError("unclosed left paren");
  if (whole.commands.some((command) => command.length === 0))
    throw parseError("missing value for command");
  return whole.commands;
}

function unquote(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(.)/gs, (_, char: string) => ({ n: "\n", t: "\t", r: "\r" })[char] ?? char);
}

type Scope = ReadonlyMap<string, Value>;

function run(nodes: readonly Node[], dot: Value, outer: Scope, source: string): string {
  const scope = new Map(outer);
  let text = "";
  for (const node of nodes) {
    if (node.type === "text") {
      text += node.text;
      continue;
    }
    const value = evaluate(node.pipeline, dot, scope, source);
    if (node.type === "print") text += show(value);
    else if (node.type === "set") scope.set(node.name, value ?? null);
    else if (node.type === "range") text += runRange(node, value, dot, scope, source);
    else {
      const [name] = node.variables;
      if (name !== undefined) scope.set(name, value ?? null);
      const inner = node.type === "with" && isTrue(value) ? (value ?? null) : dot;
      text += run(isTrue(value) ? node.body : node.otherwise, inner, scope, source);
    }
  }
  return text;
}

function runRange(
  node: Extract<Node, { type: "range" }> | Extract<Node, { variables: unknown }>,
  value: Value | undefined,
  dot: Value,
  scope: Scope,
  source: string,
): string {
  const items: (readonly [Value, Value])[] = isList(value)
    ? value.map((item, index) => [index, item])
    : isRecord(value)
      ? Object.keys(value)
          .sort()
          .map((key) => [key, value[key] ?? null])
      : [];
  if (items.length === 0) return run(node.otherwise, dot, scope, source);
  const names = node.variables;
  return items
    .map(([key, item]) => {
      const inner = new Map(scope);
      if (names.length === 2) inner.set(names[0] ?? "", key);
      const last = names.at(-1);
      if (last !== undefined) inner.set(last, item);
      return run(node.body, item, inner, source);
    })
    .join("");
}

/** `undefined` is Go's missing value, printed "<no value>". */
function evaluate(pipeline: Pipeline, dot: Value, scope: Scope, source: string): Value | undefined {
  let value: Value | undefined;
  for (const [index, command] of pipeline.entries()) {
    const [head, ...rest] = command;
    if (!head) continue;
    const args = rest.map((operand) => operandValue(operand, dot, scope, source));
    if (index > 0) args.push(value);
    value =
      head.type === "call" ? FUNCTIONS[head.name]?.(args) : operandValue(head, dot, scope, source);
  }
  return value;
}

function operandValue(
  operand: Operand,
  dot: Value,
  scope: Scope,
  source: string,
): Value | undefined {
  if (operand.type === "literal") return operand.value;
  if (operand.type === "call") return FUNCTIONS[operand.name]?.([]);
  let value: Value | undefined =
    operand.type === "group"
      ? evaluate(operand.pipeline, dot, scope, source)
      : operand.variable === null
        ? dot
        : scope.get(operand.variable);
  for (const field of operand.fields) {
    if (isRecord(value)) {
      if (!(field in value))
        throw new TemplateError(
          `template: :1:${source.indexOf(field) - 1}: executing "" at <.${operand.fields.join(".")}>: map has no entry for key "${field}"`,
        );
      value = value[field];
    } else if (value === null || value === undefined)
      throw new TemplateError(
        `template: :1:${source.indexOf(field) - 1}: executing "" at <.${operand.fields.join(".")}>: nil data; no entry for key "${field}"`,
      );
    else
      throw new TemplateError(
        `template: :1:${source.indexOf(field) - 1}: executing "" at <.${operand.fields.join(".")}>: can't evaluate field ${field} in type interface {}`,
      );
  }
  return value;
}

type TemplateFunction = (args: readonly (Value | undefined)[]) => Value | undefined;
const text = (value: Value | undefined): string => show(value);
const compare =
  (test: (order: number) => boolean): TemplateFunction =>
  ([a, b]) =>
    test(
      typeof a === "number" && typeof b === "number"
        ? a - b
        : text(a) < text(b)
          ? -1
          : text(a) > text(b)
            ? 1
            : 0,
    );

const FUNCTIONS: Readonly<Record<string, TemplateFunction>> = {
  json: ([value]) => JSON.stringify(value ?? null),
  join: ([list, separator]) => (isList(list) ? list.map(show).join(text(separator)) : ""),
  split: ([value, separator]) => text(value).split(text(separator)),
  lower: ([value]) => text(value).toLowerCase(),
  upper: ([value]) => text(value).toUpperCase(),
  title: ([value]) => text(value).replace(/\b\w/g, (letter) => letter.toUpperCase()),
  truncate: ([value, length]) => [...text(value)].slice(0, Number(length)).join(""),
  println: (args) => `${args.map(show).join(" ")}\n`,
  print: (args) => args.map(show).join(""),
  printf: ([format, ...args]) => printf(text(format), args),
  len: ([value]) =>
    isRecord(value)
      ? Object.keys(value).length
      : isList(value) || typeof value === "string"
        ? value.length
        : 0,
  index: ([value, ...keys]) => {
    let at: Value | undefined = value;
    for (const key of keys) {
      if (isList(at)) {
        const place = Number(key);
        if (at[place] === undefined)
          throw new TemplateError(
            `template: :1:2: executing "" at <index>: error calling index: index out of range: ${place}`,
          );
        at = at[place];
      } else if (isRecord(at)) at = at[text(key)];
      else return undefined;
    }
    return at;
  },
  eq: ([first, ...others]) => others.some((other) => text(other) === text(first)),
  ne: ([a, b]) => text(a) !== text(b),
  lt: compare((order) => order < 0),
  le: compare((order) => order <= 0),
  gt: compare((order) => order > 0),
  ge: compare((order) => order >= 0),
  and: (args) => args.find((value) => !isTrue(value)) ?? args.at(-1),
  or: (args) => args.find(isTrue) ?? args.at(-1),
  not: ([value]) => !isTrue(value),
};

function printf(format: string, args: readonly (Value | undefined)[]): string {
  let next = 0;
  return format.replace(/%(-?)(\d*)([sdvq%])/g, (_, left: string, width: string, verb: string) => {
    if (verb === "%") return "%";
    const shown = show(args[next++]);
    const quoted = verb === "q" ? JSON.stringify(shown) : shown;
    return left === "-" ? quoted.padEnd(Number(width)) : quoted.padStart(Number(width));
  });
}

/** A value as Go's %v prints it. */
function show(value: Value | undefined): string {
  if (value === undefined) return "<no value>";
  if (value === null) return "<nil>";
  if (isList(value)) return `[${value.map(show).join(" ")}]`;
  if (isRecord(value))
    return `map[${Object.keys(value)
      .sort()
      .map((key) => `${key}:${show(value[key])}`)
      .join(" ")}]`;
  return String(value);
}

function isTrue(value: Value | undefined): boolean {
  if (isList(value)) return value.length > 0;
  if (isRecord(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

function isList(value: Value | undefined): value is readonly Value[] {
  return Array.isArray(value);
}

function isRecord(value: Value | undefined): value is { readonly [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseError(what: string): TemplateError {
  return new TemplateError(`template: :1: ${what}`);
}
