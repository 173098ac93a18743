import type { Builtin } from "../language/interpreter.ts";
import {
  alias,
  command,
  evalBuiltin,
  exit,
  leave,
  returnBuiltin,
  source,
  trap,
  typeName,
  unalias,
  wait,
  which,
} from "./control.ts";
import { cd, pwd, umask } from "./directory.ts";
import { help } from "./help.ts";
import { echo, printf } from "./output.ts";
import { test } from "./test.ts";
import {
  declare,
  exportNames,
  letArithmetic,
  local,
  read,
  readonlyNames,
  set,
  shift,
  unset,
} from "./variables.ts";

const succeed: Builtin = async () => 0;
const failed: Builtin = async () => 1;

/** The words that are the shell's own. `exec` is done by the evaluator and `clear` by the screen; they stand here to be known. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map([
  [".", source],
  [":", succeed],
  ["[", test],
  ["alias", alias],
  ["break", leave],
  ["cd", cd],
  ["clear", succeed],
  ["command", command],
  ["continue", leave],
  ["declare", declare],
  ["echo", echo],
  ["eval", evalBuiltin],
  ["exec", succeed],
  ["exit", exit],
  ["export", exportNames],
  ["false", failed],
  ["help", help],
  ["jobs", succeed],
  ["let", letArithmetic],
  ["local", local],
  ["logout", exit],
  ["printf", printf],
  ["pwd", pwd],
  ["read", read],
  ["readonly", readonlyNames],
  ["return", returnBuiltin],
  ["set", set],
  ["shift", shift],
  ["source", source],
  ["test", test],
  ["trap", trap],
  ["true", succeed],
  ["type", typeName],
  ["typeset", declare],
  ["umask", umask],
  ["unalias", unalias],
  ["unset", unset],
  ["wait", wait],
  ["which", which],
]);
