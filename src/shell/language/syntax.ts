/**
 * The grammar of bash, from just-bash: only its parser is used, and it is loaded when the first line is read.
 * What a line means is `evaluate.ts`; why, is in the folder's README.
 */
import type { ScriptNode, SimpleCommandNode, StatementNode, WordNode } from "just-bash";

export type Script = ScriptNode;
export type Statement = StatementNode;
export type Pipeline = StatementNode["pipelines"][number];
export type Command = Pipeline["commands"][number];
export type SimpleCommand = SimpleCommandNode;
export type Compound = Exclude<Command, SimpleCommand | { type: "FunctionDef" }>;
export type FunctionDefinition = Extract<Command, { type: "FunctionDef" }>;
export type Redirection = SimpleCommandNode["redirections"][number];
export type Assignment = SimpleCommandNode["assignments"][number];
export type Word = WordNode;
export type WordPart = WordNode["parts"][number];
export type ParameterPart = Extract<WordPart, { type: "ParameterExpansion" }>;
export type ParameterOperation = NonNullable<ParameterPart["operation"]>;
export type Condition = Extract<Command, { type: "ConditionalCommand" }>["expression"];

export type Parsed =
  | { readonly type: "script"; readonly script: Script }
  /** More lines must follow: an open quote, a here-document, `if` without `fi`. */
  | { readonly type: "incomplete"; readonly message: string }
  | { readonly type: "error"; readonly message: string };

/** Parses shell text. Pure once made. */
export type Parse = (text: string) => Parsed;

let loaded: Promise<Parse> | undefined;

/** Loads the parser once; later calls share it. */
export function loadParser(): Promise<Parse> {
  loaded ??= import("just-bash/browser").then(({ Bash }) => {
    const bash = new Bash({ commands: [] });
    return (text) => parseWith((source) => bash.transform(source).ast, text);
  });
  return loaded;
}

function parseWith(parse: (text: string) => Script, text: string): Parsed {
  if (/(^|[^\\])(\\\\)*\\$/.test(text) && !text.trimStart().startsWith("#"))
    return { type: "incomplete", message: "unexpected end of file" };
  let script: Script;
  try {
    script = parse(text);
  } catch (fault) {
    return describeFault(fault instanceof Error ? fault.message : String(fault), text);
  }
  const last = script.statements.at(-1);
  const tail = last?.pipelines.at(-1)?.commands.at(-1);
  const dangling = /(\||&&)\s*$/.test(text.replace(/#.*$/, ""));
  if (dangling && tail?.type === "SimpleCommand" && tail.name === null)
    return { type: "incomplete", message: "unexpected end of file" };
  const deferred = script.statements.find((statement) => statement.deferredError)?.deferredError;
  if (deferred) return { type: "error", message: deferred.message };
  return { type: "script", script };
}

/** just-bash tells an unfinished text from a wrong one only in its message. */
function describeFault(message: string, text: string): Parsed {
  if (/got EOF|unterminated here-document/.test(message))
    return { type: "incomplete", message: "syntax error: unexpected end of file" };
  if (/unexpected EOF/.test(message))
    return { type: "incomplete", message: message.replace(/^.*?(unexpected EOF)/s, "$1") };
  const at = /^Parse error at (\d+):(\d+): (.*)$/s.exec(message);
  if (!at) return { type: "error", message };
  const lines = text.split("\n");
  const atEnd = Number(at[1]) >= lines.length && Number(at[2]) > (lines.at(-1)?.length ?? 0);
  if (/Expected redirection target/.test(message))
    return { type: "error", message: "syntax error near unexpected token `newline'" };
  if (atEnd && /near unexpected token/.test(message))
    return { type: "incomplete", message: "syntax error: unexpected end of file" };
  const expected = /got (\S+)$/.exec(message);
  return {
    type: "error",
    message: expected ? `syntax error near unexpected token \`${expected[1]}'` : (at[3] ?? message),
  };
}

/** Whether a text is the beginning of something: an open quote, `for` without `done`. */
export async function needsMore(text: string): Promise<boolean> {
  const parse = await loadParser();
  return parse(text).type === "incomplete";
}
