import type { Builtin } from "../language/interpreter.ts";
import type { Shell } from "../language/shell.ts";
import { setVariable } from "../language/shell.ts";
import { formatPrintf } from "../printf.ts";
import { writeTo } from "../process.ts";
import { contentOf, WriteFault } from "../task.ts";

/** Writes text to the shell's descriptor 1; throws `WriteFault` when that fails. */
export async function outputOf(shell: Shell, text: string): Promise<void> {
  if (text === "") return;
  const result = await writeTo(shell.process, 1, contentOf(text));
  if (result.errno !== null) throw new WriteFault(result.errno);
}

/** Writes `bash: text` to descriptor 2. */
export async function errorOf(shell: Shell, text: string): Promise<void> {
  await writeTo(shell.process, 2, contentOf(`${shell.name}: ${text}\n`));
}

export const echo: Builtin = async ({ shell, args }) => {
  let newline = true;
  let escapes = false;
  let at = 0;
  for (; at < args.length && /^-[neE]+$/.test(args[at] ?? ""); at++)
    for (const letter of (args[at] ?? "").slice(1))
      if (letter === "n") newline = false;
      else escapes = letter === "e";
  const text = args.slice(at).join(" ");
  if (!escapes) {
    await outputOf(shell, text + (newline ? "\n" : ""));
    return 0;
  }
  const { text: plain, stop } = unescapeEcho(text);
  await outputOf(shell, plain + (newline && !stop ? "\n" : ""));
  return 0;
};

export const printf: Builtin = async ({ shell, args }) => {
  const [first = "", ...rest] = args;
  const variable = first === "-v" ? rest.shift() : undefined;
  const format = first === "-v" || first === "--" ? rest.shift() : first;
  if (format === undefined || args.length === 0) {
    await errorOf(shell, "printf: usage: printf [-v var] format [arguments]");
    return 2;
  }
  const { text, errors } = formatPrintf(format, rest);
  if (variable === undefined) await outputOf(shell, text);
  else setVariable(shell, variable, text);
  for (const error of errors) await errorOf(shell, `printf: ${error}`);
  return errors.length > 0 ? 1 : 0;
};

/** The backslash escapes of `echo -e`; `\c` stops the output. */
function unescapeEcho(text: string): { text: string; stop: boolean } {
  const { text: plain, stop } = formatPrintf("%b", [text]);
  return { text: plain, stop };
}
