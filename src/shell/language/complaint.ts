import { type Process, writeTo } from "../process.ts";
import { contentOf } from "../task.ts";
import type { Interpreter } from "./interpreter.ts";
import type { Shell } from "./shell.ts";

/** Prints `bash: text`, with the line in a script. */
export async function complain(
  interpreter: Interpreter,
  shell: Shell,
  text: string,
  command?: { readonly line?: number },
): Promise<void> {
  const line = interpreter.interactive || !command?.line ? "" : `line ${command.line}: `;
  await say(shell.process, `${shell.name}: ${line}${text}`);
}

/** Writes a line to descriptor 2. */
export async function say(process: Process, text: string): Promise<void> {
  await writeTo(process, 2, contentOf(`${text}\n`));
}
