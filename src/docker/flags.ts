/** A flag of a docker command. */
export interface Flag {
  readonly long: string;
  readonly short?: string;
  /** "list" may be given many times. */
  readonly takes: "nothing" | "value" | "list";
}

/** What a command line says. */
export class Options {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  /** What is left when the flags are taken off. */
  readonly args: readonly string[];

  constructor(values: ReadonlyMap<string, readonly string[]>, args: readonly string[]) {
    this.#values = values;
    this.args = args;
  }

  /** Whether a flag that takes nothing is on. */
  has(long: string): boolean {
    return this.#values.get(long)?.at(-1) === "true";
  }

  /** The last value given, or undefined. */
  value(long: string): string | undefined {
    return this.#values.get(long)?.at(-1);
  }

  list(long: string): readonly string[] {
    return this.#values.get(long) ?? [];
  }
}

/** A command line that cannot be understood, in the words of the docker client. */
export class UsageError extends Error {}

/**
 * Takes flags off a command line as docker's client does: `--name x`, `--name=x`, `-it`, `-ex`, `--` ends them.
 * With `interspersed` false, flags after the first argument belong to the arguments (run and exec).
 */
export function parseFlags(
  argv: readonly string[],
  flags: readonly Flag[],
  interspersed: boolean,
): Options {
  const values = new Map<string, string[]>();
  const args: string[] = [];
  const put = (flag: Flag, value: string) =>
    values.set(flag.long, [...(values.get(flag.long) ?? []), value]);
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (word === "--") {
      args.push(...argv.slice(at + 1));
      break;
    }
    if (word === "-" || !word.startsWith("-")) {
      args.push(word);
      if (interspersed) continue;
      args.push(...argv.slice(at + 1));
      break;
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const long = equals < 0 ? word.slice(2) : word.slice(2, equals);
      const flag = flags.find((known) => known.long === long);
      if (!flag) throw new UsageError(`unknown flag: --${long}`);
      if (equals >= 0) put(flag, word.slice(equals + 1));
      else if (flag.takes === "nothing") put(flag, "true");
      else {
        const value = argv[++at];
        if (value === undefined) throw new UsageError(`flag needs an argument: --${long}`);
        put(flag, value);
      }
      continue;
    }
    for (let letter = 1; letter < word.length; letter++) {
      const short = word.charAt(letter);
      const flag = flags.find((known) => known.short === short);
      if (!flag) throw new UsageError(`unknown shorthand flag: '${short}' in ${word}`);
      if (flag.takes === "nothing") {
        put(flag, "true");
        continue;
      }
      const rest = word.slice(letter + 1).replace(/^=/, "");
      const value = rest === "" ? argv[++at] : rest;
      if (value === undefined)
        throw new UsageError(`flag needs an argument: '${short}' in ${word}`);
      put(flag, value);
      break;
    }
  }
  return new Options(values, args);
}
