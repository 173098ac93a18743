import { decodeName } from "../../tree/name.ts";
import { expandArithmetic } from "../language/expand.ts";
import type { Builtin } from "../language/interpreter.ts";
import { parameterOf, type Shell, setVariable } from "../language/shell.ts";
import type { ShellOptions } from "../language/state.ts";
import { readFrom } from "../process.ts";
import { errorOf, outputOf } from "./output.ts";

/** `export`, `readonly`, `declare`, `local`: names, or names with values, with an attribute each. */
interface Attributes {
  readonly exported?: boolean;
  readonly readOnly?: boolean;
}

async function declareNames(
  shell: Shell,
  builtin: string,
  words: readonly string[],
  attributes: Attributes,
): Promise<number> {
  let status = 0;
  for (const word of words) {
    const match = /^([A-Za-z_]\w*)(?:(\+?)=(.*))?$/s.exec(word);
    if (!match) {
      await errorOf(shell, `${builtin}: \`${word}': not a valid identifier`);
      status = 1;
      continue;
    }
    const [, name = "", append, value] = match;
    const text = append ? (parameterOf(shell, name) ?? "") + (value ?? "") : value;
    if (text !== undefined && !setVariable(shell, name, text)) {
      await errorOf(shell, `${name}: readonly variable`);
      status = 1;
      continue;
    }
    const now = shell.variables.get(name);
    if (now || attributes.exported || attributes.readOnly)
      shell.variables.set(name, {
        ...(now ?? { value: "", exported: false, readOnly: false }),
        ...attributes,
      });
  }
  return status;
}

function listVariables(shell: Shell, keep: (name: string) => boolean, prefix: string): string {
  return [...shell.variables]
    .filter(([name]) => keep(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([name, { value }]) => `${prefix}${name}=${quoteValue([value].flat().join(" "), prefix)}\n`,
    )
    .join("");
}

function quoteValue(value: string, prefix: string): string {
  if (prefix !== "") return `"${value.replace(/["\\$`]/g, "\\$&")}"`;
  return /^[\w@%+=:,./-]*$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}

export const exportNames: Builtin = async ({ shell, args }) => {
  const words = args.filter((word) => !/^-[pnf]+$/.test(word));
  if (words.length === 0) {
    const exported = (name: string): boolean => shell.variables.get(name)?.exported === true;
    await outputOf(shell, listVariables(shell, exported, "declare -x "));
    return 0;
  }
  return declareNames(shell, "export", words, { exported: !args.includes("-n") });
};

export const readonlyNames: Builtin = async ({ shell, args }) => {
  const words = args.filter((word) => word !== "-p");
  return declareNames(shell, "readonly", words, { readOnly: true });
};

export const declare: Builtin = async ({ shell, args, name }) => {
  const flags = args.filter((word) => /^[-+][a-zA-Z]+$/.test(word)).join("");
  const words = args.filter((word) => !/^[-+][a-zA-Z]+$/.test(word));
  if (words.length === 0) {
    await outputOf(
      shell,
      listVariables(shell, () => true, flags.includes("p") ? "declare -- " : ""),
    );
    return 0;
  }
  if (shell.scopes.length > 0 && !flags.includes("g")) hide(shell, words);
  return declareNames(shell, name, words, {
    ...(flags.includes("x") ? { exported: true } : {}),
    ...(flags.includes("r") ? { readOnly: true } : {}),
  });
};

export const local: Builtin = async ({ shell, args }) => {
  if (shell.scopes.length === 0) {
    await errorOf(shell, "local: can only be used in a function");
    return 1;
  }
  const words = args.filter((word) => !/^-[a-zA-Z]+$/.test(word));
  hide(shell, words);
  return declareNames(shell, "local", words, {});
};

/** Remembers what names were outside the function, and unsets them inside. */
function hide(shell: Shell, words: readonly string[]): void {
  const scope = shell.scopes.at(-1);
  for (const word of words) {
    const name = word.replace(/\+?=.*$/s, "");
    if (!scope || scope.has(name)) continue;
    scope.set(name, shell.variables.get(name));
    shell.variables.delete(name);
  }
}

export const unset: Builtin = async ({ shell, args }) => {
  let status = 0;
  const functionsOnly = args.includes("-f");
  for (const name of args.filter((word) => !word.startsWith("-"))) {
    if (shell.variables.get(name)?.readOnly) {
      await errorOf(shell, `unset: ${name}: cannot unset: readonly variable`);
      status = 1;
    } else if (functionsOnly || !shell.variables.delete(name)) shell.functions.delete(name);
  }
  return status;
};

const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  e: "errexit",
  u: "nounset",
  x: "xtrace",
  f: "noglob",
  C: "noclobber",
};

export const set: Builtin = async ({ shell, args }) => {
  if (args.length === 0) {
    await outputOf(
      shell,
      listVariables(shell, () => true, ""),
    );
    return 0;
  }
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--" || !/^[-+]./.test(word)) {
      shell.positional = args.slice(word === "--" ? i + 1 : i);
      return 0;
    }
    const on = word.startsWith("-");
    for (const letter of word.slice(1)) {
      const option = letter === "o" ? args[++i] : LETTERS[letter];
      if (option !== undefined && option in shell.options)
        shell.options = { ...shell.options, [option]: on };
      else if (!"hBmbvE".includes(letter)) {
        await errorOf(
          shell,
          `set: ${letter === "o" ? option : word}: invalid option${letter === "o" ? " name" : ""}`,
        );
        return letter === "o" ? 1 : 2;
      }
    }
  }
  return 0;
};

export const shift: Builtin = async ({ shell, args }) => {
  const count = Number(args[0] ?? 1);
  if (count > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(count);
  return 0;
};

export const letArithmetic: Builtin = async ({ expander, args }) => {
  let last = 0n;
  for (const text of args) last = await expandArithmetic(expander, text);
  return last === 0n ? 1 : 0;
};

/** `read`: one line, byte by byte, so that what follows stays for the next reader. */
export const read: Builtin = async ({ shell, args }) => {
  const raw = args.some((word) => /^-[a-z]*r/.test(word));
  const names = args.filter(
    (word, i) => !word.startsWith("-") && !/^-[pndtu]$/.test(args[i - 1] ?? ""),
  );
  const bytes: number[] = [];
  let ended = false;
  for (;;) {
    const result = await readFrom(shell.process, 0, 1);
    const [byte] = result.errno === null ? await shell.process.world.bytes(result.value) : [];
    if (byte === undefined) {
      ended = true;
      break;
    }
    if (byte === 10) {
      if (raw || bytes.at(-1) !== 92) break;
      bytes.pop();
      continue;
    }
    bytes.push(byte);
  }
  const line = decodeName(Uint8Array.from(bytes));
  const text = raw ? line : line.replace(/\\(.)/gs, "$1");
  const ifs = parameterOf(shell, "IFS") ?? " \t\n";
  splitInto(shell, names.length > 0 ? names : ["REPLY"], text, names.length > 0 ? ifs : "");
  return ended && bytes.length === 0 ? 1 : ended ? 1 : 0;
};

function splitInto(shell: Shell, names: readonly string[], text: string, ifs: string): void {
  const set = ifs.replace(/[\\\]^-]/g, "\\$&");
  const trim = ifs === "" ? text : text.replace(new RegExp(`^[${set}]+|[${set}]+$`, "g"), "");
  let rest = trim;
  for (const [index, name] of names.entries()) {
    if (index === names.length - 1) {
      setVariable(shell, name, rest);
      return;
    }
    const match = ifs === "" ? null : new RegExp(`[${set}]+`).exec(rest);
    setVariable(shell, name, match ? rest.slice(0, match.index) : rest);
    rest = match ? rest.slice(match.index + match[0].length) : "";
  }
}
