/**
 * Command-line options as GNU getopt_long reads them: operands may stand between options, `--` ends them, long names may
 * be shortened, short ones bundled.
 */
export interface Options {
  /** Every option in the order given: its letter (or long name) and its argument. */
  readonly list: readonly (readonly [key: string, value: string])[];
  readonly operands: readonly string[];
  readonly has: (...keys: readonly string[]) => boolean;
  /** The argument of the last `key`. */
  readonly value: (key: string) => string | undefined;
  /** Of `keys`, the one given last. */
  readonly last: (...keys: readonly string[]) => string | undefined;
}

export type OptionsResult =
  | { readonly ok: true; readonly options: Options }
  /** getopt's message without the command's name. */
  | { readonly ok: false; readonly message: string };

export interface OptionSyntax {
  /** As getopt's: a letter, `:` after one that takes an argument, `::` when it is optional. */
  readonly short: string;
  /** Long name to key; the name ends in `=` when it takes an argument, `?=` when it may. */
  readonly long?: Readonly<Record<string, string>>;
  /** Stop at the first operand, as `env` and `sudo` do. */
  readonly ordered?: boolean;
  /** Keys that the real command has and the lab's has not: they are refused by name. */
  readonly absent?: readonly string[];
}

export function readOptions(args: readonly string[], syntax: OptionSyntax): OptionsResult {
  const list: [string, string][] = [];
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      operands.push(...args.slice(i + 1));
      break;
    }
    if (arg === "-" || !arg.startsWith("-")) {
      if (syntax.ordered) {
        operands.push(...args.slice(i));
        break;
      }
      operands.push(arg);
      continue;
    }
    const next = arg.startsWith("--")
      ? readLong(arg.slice(2), args[i + 1], syntax, list)
      : readShort(arg.slice(1), args[i + 1], syntax, list);
    if (typeof next === "string") return { ok: false, message: next };
    i += next;
  }
  return { ok: true, options: optionsOf(list, operands) };
}

function optionsOf(list: readonly [string, string][], operands: readonly string[]): Options {
  return {
    list,
    operands,
    has: (...keys) => list.some(([key]) => keys.includes(key)),
    value: (key) => list.findLast(([name]) => name === key)?.[1],
    last: (...keys) => list.findLast(([key]) => keys.includes(key))?.[0],
  };
}

/** Returns how many further words were used, or a message. */
function readShort(
  letters: string,
  following: string | undefined,
  syntax: OptionSyntax,
  list: [string, string][],
): number | string {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i] ?? "";
    const at = letter === ":" ? -1 : syntax.short.indexOf(letter);
    if (at < 0) return `invalid option -- '${letter}'`;
    if (syntax.short[at + 1] !== ":") {
      list.push([letter, ""]);
      continue;
    }
    const rest = letters.slice(i + 1);
    if (syntax.short[at + 2] === ":" || rest !== "") {
      list.push([letter, rest]);
      return 0;
    }
    if (following === undefined) return `option requires an argument -- '${letter}'`;
    list.push([letter, following]);
    return 1;
  }
  return 0;
}

function readLong(
  text: string,
  following: string | undefined,
  syntax: OptionSyntax,
  list: [string, string][],
): number | string {
  const equals = text.indexOf("=");
  const given = equals < 0 ? text : text.slice(0, equals);
  const value = equals < 0 ? undefined : text.slice(equals + 1);
  const long = Object.entries(syntax.long ?? {});
  const plain = (name: string) => name.replace(/\??=$/, "");
  const exact = long.find(([name]) => plain(name) === given);
  const near = long.filter(([name]) => plain(name).startsWith(given));
  const keys = new Set(near.map(([, key]) => key));
  const found = exact ?? (keys.size === 1 ? near[0] : undefined);
  if (!found && near.length > 1)
    return `option '--${given}' is ambiguous; possibilities: ${near.map(([name]) => `'--${plain(name)}'`).join(" ")}`;
  if (!found) return `unrecognized option '--${given}'`;
  const [name, key] = found;
  if (name.endsWith("?=")) {
    list.push([key, value ?? ""]);
    return 0;
  }
  if (!name.endsWith("=")) {
    if (value !== undefined) return `option '--${plain(name)}' doesn't allow an argument`;
    list.push([key, ""]);
    return 0;
  }
  if (value === undefined && following === undefined)
    return `option '--${plain(name)}' requires an argument`;
  list.push([key, value ?? following ?? ""]);
  return value === undefined ? 1 : 0;
}

/** Whether words ask for help instead of work: `--help` among the options. */
export function asksHelp(args: readonly string[], { ordered }: OptionSyntax): boolean {
  const stop = args.findIndex((arg) => arg === "--" || (ordered && !arg.startsWith("-")));
  return args.slice(0, stop < 0 ? undefined : stop).includes("--help");
}

/** The options of a syntax that are here, as a person types them: `-a, --all`, `-L VALUE`, `-w[VALUE]`. */
export function optionWords({ short, long, absent }: OptionSyntax): string[] {
  const words = new Map<string, string[]>();
  for (const [, letter = "", colons = ""] of short.matchAll(/([^:])(:*)/g))
    words.set(letter, [`-${letter}${["", " VALUE", "[VALUE]"][colons.length]}`]);
  for (const [name, key] of Object.entries(long ?? {})) {
    const word = `--${name.replace(/\?=$/, "[=VALUE]").replace(/=$/, "=VALUE")}`;
    words.set(key, [...(words.get(key) ?? []), word]);
  }
  for (const key of absent ?? []) words.delete(key);
  return [...words.values()].map((names) => names.join(", "));
}
