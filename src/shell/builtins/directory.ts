import { errorText } from "../error-text.ts";
import type { Builtin } from "../language/interpreter.ts";
import { parameterOf, type Shell, setVariable } from "../language/shell.ts";
import { errorOf, outputOf } from "./output.ts";

export const cd: Builtin = async ({ shell, args }) => {
  const physical = args[0] === "-P";
  const words = args.filter((word) => !/^-[LPe]+$/.test(word) && word !== "--");
  if (words.length > 1) {
    await errorOf(shell, "cd: too many arguments");
    return 1;
  }
  const back = words[0] === "-";
  const target = back ? parameterOf(shell, "OLDPWD") : (words[0] ?? parameterOf(shell, "HOME"));
  if (target === undefined) {
    await errorOf(shell, `cd: ${back ? "OLDPWD" : "HOME"} not set`);
    return 1;
  }
  if (target === "") return 0;
  const { world, pid } = shell.process;
  const before = currentDirectory(shell);
  const path = physical ? target : logicalPath(before, target);
  let result = world.call(pid, "chdir", { target: path });
  // As bash does it, where the whole path is too long for the kernel.
  const asGiven = physical || result.errno === "ENAMETOOLONG";
  if (!physical && asGiven) result = world.call(pid, "chdir", { target });
  if (result.errno !== null) {
    await errorOf(shell, `cd: ${target}: ${errorText(result.errno)}`);
    return 1;
  }
  const real = world.call(pid, "getcwd", {});
  setVariable(shell, "OLDPWD", before);
  setVariable(shell, "PWD", asGiven && real.errno === null ? real.value : path);
  if (back) await outputOf(shell, `${path}\n`);
  return 0;
};

export const pwd: Builtin = async ({ shell, args }) => {
  if (!args.includes("-P")) {
    await outputOf(shell, `${currentDirectory(shell)}\n`);
    return 0;
  }
  const real = shell.process.world.call(shell.process.pid, "getcwd", {});
  if (real.errno !== null) {
    await errorOf(shell, `pwd: error retrieving current directory: ${errorText(real.errno)}`);
    return 1;
  }
  await outputOf(shell, `${real.value}\n`);
  return 0;
};

export const umask: Builtin = async ({ shell, args }) => {
  const { world, pid } = shell.process;
  const symbolic = args.includes("-S");
  const [word] = args.filter((arg) => !arg.startsWith("-"));
  if (word === undefined) {
    const old = world.call(pid, "umask", { mask: 0o22 });
    const mask = old.errno === null ? old.value : 0;
    world.call(pid, "umask", { mask });
    const text = symbolic ? symbolicMask(mask) : mask.toString(8).padStart(4, "0");
    await outputOf(shell, `${text}\n`);
    return 0;
  }
  if (!/^[0-7]{1,4}$/.test(word)) {
    await errorOf(shell, `umask: ${word}: octal number out of range`);
    return 1;
  }
  world.call(pid, "umask", { mask: Number.parseInt(word, 8) & 0o777 });
  return 0;
};

function symbolicMask(mask: number): string {
  const letters = (shift: number): string => {
    const allowed = (~mask >> shift) & 7;
    return `${allowed & 4 ? "r" : ""}${allowed & 2 ? "w" : ""}${allowed & 1 ? "x" : ""}`;
  };
  return `u=${letters(6)},g=${letters(3)},o=${letters(0)}`;
}

/** `$PWD`, as the shell remembers it; the machine's answer before the first `cd`. */
function currentDirectory(shell: Shell): string {
  const known = parameterOf(shell, "PWD");
  if (known?.startsWith("/")) return known;
  const real = shell.process.world.call(shell.process.pid, "getcwd", {});
  return real.errno === null ? real.value : "/";
}

/** `..` takes back a name, as written, not where a symlink leads. */
function logicalPath(base: string, target: string): string {
  const names: string[] = [];
  for (const name of `${target.startsWith("/") ? "" : `${base}/`}${target}`.split("/")) {
    if (name === "" || name === ".") continue;
    if (name === "..") names.pop();
    else names.push(name);
  }
  return `/${names.join("/")}`;
}
