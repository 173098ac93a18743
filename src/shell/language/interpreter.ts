import type { Process } from "../process.ts";
import type { Expander } from "./bits.ts";
import type { Shell } from "./shell.ts";

/** `exit`, and what ends a shell without it. */
export class ExitShell {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** A failed expansion at a prompt: the rest of the line is dropped, the shell stays. */
export class DropLine {}

/** `break` and `continue` out of so many loops. */
export class LeaveLoop {
  readonly type: "break" | "continue";
  readonly levels: number;
  constructor(type: "break" | "continue", levels: number) {
    this.type = type;
    this.levels = levels;
  }
}

export class ReturnFunction {
  readonly status: number;
  constructor(status: number) {
    this.status = status;
  }
}

/** A builtin works on the shell itself; its words come expanded. */
export type Builtin = (call: BuiltinCall) => Promise<number>;

export interface BuiltinCall {
  readonly shell: Shell;
  readonly expander: Expander;
  readonly args: readonly string[];
  readonly name: string;
  readonly interpreter: Interpreter;
}

/** What a shell can run besides its own words. */
export interface Interpreter {
  readonly builtins: ReadonlyMap<string, Builtin>;
  /** Runs a program in a process of its own that is already made; gives its status. */
  readonly program: (
    process: Process,
    argv: readonly string[],
    environment: ReadonlyMap<string, string>,
  ) => Promise<number>;
  /** Whether a name is a program. */
  readonly knows: (name: string) => boolean;
  /** The programs that need no file, in order. */
  readonly programs: () => readonly string[];
  /** At a prompt: messages carry no line number, and a failed expansion does not end the shell. */
  readonly interactive: boolean;
}
