/**
 * Runs parsed bash. State is the `Shell`'s; every file is touched by a system call of the shell's process or of a child
 * of it, in the order bash makes them.
 */

import { errorText } from "../error-text.ts";
import { BrokenPipe, drain, endProcess, newPipe, type Pipe, setStream } from "../process.ts";
import { WriteFault } from "../task.ts";
import { assign, assignTemporarily } from "./assignment.ts";
import { type Expander, ExpansionFault } from "./bits.ts";
import { complain, say } from "./complaint.ts";
import { evaluateCondition } from "./condition.ts";
import { expandArithmetic, expandPattern, expandText, expandWords } from "./expand.ts";
import {
  type Builtin,
  DropLine,
  ExitShell,
  type Interpreter,
  LeaveLoop,
  ReturnFunction,
} from "./interpreter.ts";
import { patternMatcher } from "./pattern.ts";
import { keepRedirections, redirect, restore } from "./redirect.ts";
import { environmentOf, forkShell, type Shell, setVariable } from "./shell.ts";
import type { Variable } from "./state.ts";
import type {
  Command,
  Compound,
  FunctionDefinition,
  Pipeline,
  Redirection,
  Script,
  SimpleCommand,
  Statement,
} from "./syntax.ts";

const MAX_DEPTH = 200;

/** Runs a script in the shell; gives `$?`. Lets `ExitShell` through. */
export async function runScript(
  interpreter: Interpreter,
  shell: Shell,
  script: Script,
): Promise<number> {
  return runStatements(interpreter, shell, script.statements);
}

/** Runs a shell to its end, whatever ends it. */
export async function runToExit(
  interpreter: Interpreter,
  shell: Shell,
  run: () => Promise<number>,
): Promise<number> {
  let status: number;
  try {
    status = await run();
  } catch (fault) {
    if (fault instanceof ExitShell || fault instanceof ReturnFunction) status = fault.status;
    else if (fault instanceof BrokenPipe) status = 141;
    else if (fault instanceof DropLine) status = 1;
    else if (fault instanceof LeaveLoop) status = 0;
    else throw fault;
  }
  const trap = shell.traps.get("EXIT");
  if (trap === undefined) return status;
  shell.traps.delete("EXIT");
  shell.status = status;
  const parsed = shell.process.world.parse(trap);
  if (parsed.type === "script")
    await runToExit(interpreter, shell, () => runScript(interpreter, shell, parsed.script));
  return status;
}

async function runStatements(
  interpreter: Interpreter,
  shell: Shell,
  statements: readonly Statement[],
): Promise<number> {
  for (const statement of statements) await runStatement(interpreter, shell, statement);
  return shell.status;
}

async function runStatement(
  interpreter: Interpreter,
  shell: Shell,
  statement: Statement,
): Promise<void> {
  if (statement.background) {
    await runInBackground(interpreter, shell, statement);
    return;
  }
  let skip = false;
  for (const [index, pipeline] of statement.pipelines.entries()) {
    const before = index === 0 ? ";" : statement.operators[index - 1];
    if (before === "&&") skip = shell.status !== 0;
    else if (before === "||") skip = shell.status === 0;
    else skip = false;
    if (skip) continue;
    const guarded = index < statement.pipelines.length - 1 || pipeline.negated;
    if (guarded) shell.guarded++;
    try {
      await runPipeline(interpreter, shell, pipeline);
    } finally {
      if (guarded) shell.guarded--;
    }
    if (shell.status !== 0 && shell.options.errexit && shell.guarded === 0 && !guarded)
      throw new ExitShell(shell.status);
  }
}

/** `&`: the job runs at once and to its end, in a subshell, so that a fork of the machine is exact. Ctrl-C is not for it. */
async function runInBackground(
  interpreter: Interpreter,
  shell: Shell,
  statement: Statement,
): Promise<void> {
  const child = forkShell(shell);
  shell.background = child.process.pid;
  if (interpreter.interactive && shell.depth === 0)
    await say(shell.process, `[1] ${child.process.pid}`);
  await shell.process.world.held(() =>
    inSubshell(interpreter, child, () =>
      runStatements(interpreter, child, [{ ...statement, background: false }]),
    ),
  );
  shell.status = 0;
}

async function inSubshell(
  interpreter: Interpreter,
  child: Shell,
  run: () => Promise<number>,
): Promise<number> {
  try {
    return await runToExit(interpreter, child, run);
  } finally {
    endProcess(child.process);
  }
}

async function runPipeline(
  interpreter: Interpreter,
  shell: Shell,
  pipeline: Pipeline,
): Promise<void> {
  const started = shell.process.world.now();
  const [only] = pipeline.commands;
  if (pipeline.commands.length === 1 && only) await runCommand(interpreter, shell, only);
  else shell.status = await runConnected(interpreter, shell, pipeline);
  if (pipeline.negated) shell.status = shell.status === 0 ? 1 : 0;
  if (pipeline.timed) {
    const ended = shell.process.world.now();
    const seconds = ended.sec - started.sec + (ended.nsec - started.nsec) / 1e9;
    const minutes = Math.floor(seconds / 60);
    const real = `${minutes}m${(seconds - minutes * 60).toFixed(3)}s`;
    await say(shell.process, `\nreal\t${real}\nuser\t0m0.000s\nsys\t0m0.000s`);
  }
}

async function runConnected(
  interpreter: Interpreter,
  shell: Shell,
  pipeline: Pipeline,
): Promise<number> {
  const { world } = shell.process;
  const { commands } = pipeline;
  const pipes: Pipe[] = commands.slice(1).map(() => newPipe());
  const statuses = commands.map(() => 0);
  const children: { readonly child: Shell; readonly command: Command }[] = [];
  try {
    for (const [index, command] of commands.entries()) {
      const child = forkShell(shell);
      children.push({ child, command });
      const before = pipes[index - 1];
      const after = pipes[index];
      if (before) setStream(child.process, 0, { type: "pipe", pipe: before, end: "read" });
      if (after) {
        const end = { type: "pipe", pipe: after, end: "write" } as const;
        setStream(child.process, 1, end);
        if (pipeline.pipeStderr?.[index]) setStream(child.process, 2, end);
      }
    }
  } catch (fault) {
    for (const { child } of children) endProcess(child.process);
    throw fault;
  }
  await world.turns.run(
    children.map(({ child, command }, index) => async () => {
      statuses[index] = await inSubshell(interpreter, child, async () => {
        await runCommand(interpreter, child, command);
        return child.status;
      });
    }),
  );
  const failed = statuses.findLast((status) => status !== 0);
  return (shell.options.pipefail ? failed : undefined) ?? statuses.at(-1) ?? 0;
}

async function runCommand(interpreter: Interpreter, shell: Shell, command: Command): Promise<void> {
  if (shell.depth > MAX_DEPTH) throw new ExitShell(139);
  shell.depth++;
  try {
    if (command.type === "SimpleCommand") await runSimple(interpreter, shell, command);
    else if (command.type === "FunctionDef") {
      shell.functions.set(command.name, command);
      shell.status = 0;
    } else await runCompound(interpreter, shell, command);
  } catch (fault) {
    if (fault instanceof ExpansionFault) {
      await complain(interpreter, shell, fault.message, command);
      shell.status = 1;
      throw interpreter.interactive ? new DropLine() : new ExitShell(1);
    }
    throw fault;
  } finally {
    shell.depth--;
  }
}

function expanderOf(interpreter: Interpreter, shell: Shell): Expander {
  return {
    shell,
    substitute: async (parent, script) => {
      const child = forkShell(parent);
      const pipe = newPipe(true);
      pipe.readers++;
      setStream(child.process, 1, { type: "pipe", pipe, end: "write" });
      parent.status = await inSubshell(interpreter, child, () =>
        runScript(interpreter, child, script),
      );
      return parent.process.world.bytes(drain(pipe));
    },
  };
}

async function withRedirections(
  interpreter: Interpreter,
  shell: Shell,
  redirections: readonly Redirection[],
  run: () => Promise<void>,
  command?: { readonly line?: number },
): Promise<void> {
  const done = await redirect(expanderOf(interpreter, shell), redirections);
  if (!done.ok) {
    await complain(interpreter, shell, done.message, command);
    shell.status = 1;
    return;
  }
  try {
    await run();
  } finally {
    restore(shell.process, done.saved);
  }
}

async function runSimple(
  interpreter: Interpreter,
  shell: Shell,
  written: SimpleCommand,
): Promise<void> {
  const command = withAlias(shell, written);
  const expander = expanderOf(interpreter, shell);
  const before = shell.status;
  shell.status = 0;
  const words = command.name ? [command.name, ...command.args] : [];
  const substituted = shell.status;
  shell.status = before;
  const argv = await expandWords(expander, words);
  const [name] = argv;
  if (name === undefined) {
    if (words.length === 0) shell.status = substituted;
    await withRedirections(
      interpreter,
      shell,
      command.redirections,
      async () => {
        shell.status = 0;
        await assign(interpreter, expander, command.assignments, command);
      },
      command,
    );
    return;
  }
  if (shell.options.xtrace) await say(shell.process, `+ ${argv.map(traceWord).join(" ")}`);
  const definition = shell.functions.get(name);
  const builtin = interpreter.builtins.get(name);
  if (!definition && !builtin) {
    await runProgram(interpreter, shell, command, argv);
    return;
  }
  if (name === "exec" && !definition) {
    await runExec(interpreter, shell, command, argv);
    return;
  }
  const hidden = await assignTemporarily(interpreter, expander, command.assignments);
  try {
    await withRedirections(
      interpreter,
      shell,
      command.redirections,
      async () => {
        shell.status = definition
          ? await callFunction(interpreter, shell, definition, argv.slice(1))
          : await callBuiltin(interpreter, expander, builtin, argv);
      },
      command,
    );
  } finally {
    for (const [key, old] of hidden)
      if (old) shell.variables.set(key, old);
      else shell.variables.delete(key);
  }
}

function traceWord(word: string): string {
  return word !== "" && /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function withAlias(shell: Shell, command: SimpleCommand): SimpleCommand {
  const seen = new Set<string>();
  let current = command;
  for (;;) {
    const [part, ...more] = current.name?.parts ?? [];
    if (part?.type !== "Literal" || more.length > 0 || seen.has(part.value)) return current;
    const text = shell.aliases.get(part.value);
    if (text === undefined) return current;
    seen.add(part.value);
    const parsed = shell.process.world.parse(text);
    const first =
      parsed.type === "script" ? parsed.script.statements[0]?.pipelines[0]?.commands[0] : undefined;
    if (first?.type !== "SimpleCommand") return current;
    current = {
      ...current,
      name: first.name,
      args: [...first.args, ...current.args],
      assignments: [...current.assignments, ...first.assignments],
    };
  }
}

async function callBuiltin(
  interpreter: Interpreter,
  expander: Expander,
  builtin: Builtin | undefined,
  argv: readonly string[],
): Promise<number> {
  const [name = "", ...args] = argv;
  const { shell } = expander;
  if (!builtin) return 127;
  try {
    return await builtin({ shell, expander, args, name, interpreter });
  } catch (fault) {
    if (!(fault instanceof WriteFault)) throw fault;
    await complain(interpreter, shell, `${name}: write error: ${errorText(fault.errno)}`);
    return 1;
  }
}

/** Runs a function's body with its own positional parameters and `local` names. */
async function callFunction(
  interpreter: Interpreter,
  shell: Shell,
  definition: FunctionDefinition,
  args: readonly string[],
): Promise<number> {
  const positional = shell.positional;
  const scope = new Map<string, Variable | undefined>();
  const loops = shell.loops;
  shell.positional = args;
  shell.loops = 0;
  shell.scopes.push(scope);
  try {
    await withRedirections(interpreter, shell, definition.redirections, () =>
      runCompound(interpreter, shell, definition.body),
    );
    return shell.status;
  } catch (fault) {
    if (fault instanceof ReturnFunction) return fault.status;
    throw fault;
  } finally {
    shell.scopes.pop();
    shell.positional = positional;
    shell.loops = loops;
    for (const [key, old] of scope)
      if (old) shell.variables.set(key, old);
      else shell.variables.delete(key);
  }
}

async function runProgram(
  interpreter: Interpreter,
  shell: Shell,
  command: SimpleCommand,
  argv: readonly string[],
): Promise<void> {
  const child = forkShell(shell);
  try {
    const expander = expanderOf(interpreter, child);
    await assignTemporarily(interpreter, expander, command.assignments);
    const done = await redirect(expander, command.redirections);
    if (!done.ok) {
      await complain(interpreter, child, done.message, command);
      shell.status = 1;
      return;
    }
    keepRedirections(child.process, done.saved);
    shell.status = await interpreter.program(child.process, argv, environmentOf(child));
  } finally {
    endProcess(child.process);
  }
}

async function runExec(
  interpreter: Interpreter,
  shell: Shell,
  command: SimpleCommand,
  argv: readonly string[],
): Promise<void> {
  const done = await redirect(expanderOf(interpreter, shell), command.redirections);
  if (!done.ok) {
    await complain(interpreter, shell, done.message, command);
    shell.status = 1;
    return;
  }
  keepRedirections(shell.process, done.saved);
  shell.status = 0;
  if (argv.length === 1) return;
  const status = await interpreter.program(shell.process, argv.slice(1), environmentOf(shell));
  throw new ExitShell(status);
}

async function runCompound(
  interpreter: Interpreter,
  shell: Shell,
  command: Compound,
): Promise<void> {
  await withRedirections(
    interpreter,
    shell,
    command.redirections,
    () => runBody(interpreter, shell, command),
    "line" in command ? command : undefined,
  );
}

async function runBody(interpreter: Interpreter, shell: Shell, command: Compound): Promise<void> {
  const expander = expanderOf(interpreter, shell);
  switch (command.type) {
    case "Group":
      await runStatements(interpreter, shell, command.body);
      return;
    case "Subshell": {
      const child = forkShell(shell);
      shell.status = await inSubshell(interpreter, child, () =>
        runStatements(interpreter, child, command.body),
      );
      return;
    }
    case "If":
      for (const clause of command.clauses)
        if (await holds(interpreter, shell, clause.condition)) {
          await runStatements(interpreter, shell, clause.body);
          return;
        }
      shell.status = 0;
      if (command.elseBody) await runStatements(interpreter, shell, command.elseBody);
      return;
    case "While":
    case "Until": {
      let status = 0;
      await loop(shell, async () => {
        const held = await holds(interpreter, shell, command.condition);
        if (held !== (command.type === "While")) return false;
        await runStatements(interpreter, shell, command.body);
        status = shell.status;
        return true;
      });
      shell.status = status;
      return;
    }
    case "For": {
      const items = command.words ? await expandWords(expander, command.words) : shell.positional;
      const queue = [...items];
      shell.status = 0;
      await loop(shell, async () => {
        const item = queue.shift();
        if (item === undefined) return false;
        setVariable(shell, command.variable, item);
        await runStatements(interpreter, shell, command.body);
        return true;
      });
      return;
    }
    case "CStyleFor": {
      const evaluate = (part: typeof command.init): Promise<bigint> =>
        part ? expandArithmetic(expander, part.originalText ?? "1") : Promise.resolve(1n);
      await evaluate(command.init);
      shell.status = 0;
      let first = true;
      await loop(shell, async () => {
        if (!first) await evaluate(command.update);
        first = false;
        if ((await evaluate(command.condition)) === 0n) return false;
        await runStatements(interpreter, shell, command.body);
        return true;
      });
      return;
    }
    case "Case":
      await runCase(interpreter, expander, command);
      return;
    case "ArithmeticCommand": {
      const value = await expandArithmetic(expander, command.expression.originalText ?? "0");
      shell.status = value === 0n ? 1 : 0;
      return;
    }
    case "ConditionalCommand":
      shell.status = await evaluateCondition(expander, command.expression);
      return;
  }
}

async function holds(
  interpreter: Interpreter,
  shell: Shell,
  condition: readonly Statement[],
): Promise<boolean> {
  shell.guarded++;
  try {
    return (await runStatements(interpreter, shell, condition)) === 0;
  } finally {
    shell.guarded--;
  }
}

const MAX_TURNS = 100_000;

/** Runs `turn` until it says false or `break` says so. A loop that never ends is stopped with status 130. */
async function loop(shell: Shell, turn: () => Promise<boolean>): Promise<void> {
  shell.loops++;
  try {
    for (let turns = 0; ; turns++) {
      if (turns > MAX_TURNS) throw new ExitShell(130);
      try {
        if (!(await turn())) return;
      } catch (fault) {
        if (!(fault instanceof LeaveLoop)) throw fault;
        if (fault.levels > 1 && shell.loops > 1) throw new LeaveLoop(fault.type, fault.levels - 1);
        shell.status = 0;
        if (fault.type === "break") return;
      }
    }
  } finally {
    shell.loops--;
  }
}

async function runCase(
  interpreter: Interpreter,
  expander: Expander,
  command: Extract<Compound, { type: "Case" }>,
): Promise<void> {
  const { shell } = expander;
  const subject = await expandText(expander, command.word);
  shell.status = 0;
  let through = false;
  for (const item of command.items) {
    let matched = through;
    for (const pattern of item.patterns) {
      if (matched) break;
      matched = patternMatcher(await expandPattern(expander, pattern))(subject);
    }
    if (!matched) continue;
    await runStatements(interpreter, shell, item.body);
    if (item.terminator === ";;") return;
    through = item.terminator === ";&";
  }
}
