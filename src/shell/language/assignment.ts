import type { Expander } from "./bits.ts";
import { complain } from "./complaint.ts";
import { expandArithmetic, expandText, expandWords } from "./expand.ts";
import type { Interpreter } from "./interpreter.ts";
import { setVariable } from "./shell.ts";
import type { Variable } from "./state.ts";
import type { Assignment } from "./syntax.ts";

/** Assigns in order; a read-only variable ends it with a message and status 1. */
export async function assign(
  interpreter: Interpreter,
  expander: Expander,
  assignments: readonly Assignment[],
  command?: { readonly line?: number },
): Promise<void> {
  for (const assignment of assignments) {
    const { name, value } = await assignedValue(expander, assignment);
    if (setVariable(expander.shell, name, value)) continue;
    await complain(interpreter, expander.shell, `${name}: readonly variable`, command);
    expander.shell.status = 1;
    return;
  }
}

async function assignedValue(
  expander: Expander,
  assignment: Assignment,
): Promise<{ name: string; value: string | string[] }> {
  const element = /^(\w+)\[(.*)\]$/s.exec(assignment.name);
  const name = element
    ? `${element[1]}[${await expandArithmetic(expander, element[2] ?? "0")}]`
    : assignment.name;
  const old = expander.shell.variables.get(name)?.value;
  if (assignment.array) {
    const added = await expandWords(expander, assignment.array);
    const kept = assignment.append && old !== undefined ? [old].flat() : [];
    return { name, value: [...kept, ...added] };
  }
  const text = assignment.value ? await expandText(expander, assignment.value) : "";
  return { name, value: assignment.append && typeof old === "string" ? old + text : text };
}

/** `A=1 command`: set and exported while it runs. Gives what the names were before. */
export async function assignTemporarily(
  interpreter: Interpreter,
  expander: Expander,
  assignments: readonly Assignment[],
): Promise<Map<string, Variable | undefined>> {
  const { variables } = expander.shell;
  const hidden = new Map<string, Variable | undefined>();
  for (const assignment of assignments) {
    if (!hidden.has(assignment.name)) hidden.set(assignment.name, variables.get(assignment.name));
    await assign(interpreter, expander, [assignment]);
    const now = variables.get(assignment.name);
    if (now) variables.set(assignment.name, { ...now, exported: true });
  }
  return hidden;
}
