import { fileTest } from "../file-test.ts";
import type { Builtin } from "../language/interpreter.ts";
import { errorOf } from "./output.ts";

/** `test` and `[`, by the rules of POSIX for one to four words, then by precedence. */
export const test: Builtin = async ({ shell, args, name }) => {
  const words = [...args];
  if (name === "[" && words.pop() !== "]") {
    await errorOf(shell, "[: missing `]'");
    return 2;
  }
  const cursor: Cursor = { words, at: 0, check: (op, a, b) => fileTest(shell.process, op, a, b) };
  try {
    if (words.length === 0) return 1;
    const value = simple(cursor) ?? or(cursor);
    if (cursor.at < words.length) throw new TestFault("too many arguments");
    return value ? 0 : 1;
  } catch (fault) {
    if (!(fault instanceof TestFault)) throw fault;
    await errorOf(shell, `${name}: ${fault.text}`);
    return 2;
  }
};

class TestFault {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

interface Cursor {
  readonly words: readonly string[];
  at: number;
  readonly check: (operator: string, left: string, right?: string) => boolean | undefined;
}

/** The cases that the number of words decides, so that `test "$x"` works whatever x holds. */
function simple(cursor: Cursor): boolean | undefined {
  const { words } = cursor;
  const [a = "", b = "", c = ""] = words;
  const done = (value: boolean): boolean => {
    cursor.at = words.length;
    return value;
  };
  if (words.length === 1) return done(a !== "");
  if (words.length === 2 && a === "!") return done(b === "");
  if (words.length === 3 && isBinary(b)) return done(binary(cursor, a, b, c));
  if (words.length === 2 && !isUnary(a)) throw new TestFault(`${a}: unary operator expected`);
  if (words.length === 3 && a !== "!" && a !== "(" && !["-a", "-o"].includes(b))
    throw new TestFault(`${b}: binary operator expected`);
  return undefined;
}

function isUnary(word: string): boolean {
  return /^-[abcdefghknprstuwxzGLNOSo]$/.test(word);
}

function isBinary(word: string): boolean {
  return /^(=|==|!=|<|>|-(eq|ne|lt|le|gt|ge|nt|ot|ef))$/.test(word);
}

function or(cursor: Cursor): boolean {
  let value = and(cursor);
  while (cursor.words[cursor.at] === "-o") {
    cursor.at++;
    const right = and(cursor);
    value = value || right;
  }
  return value;
}

function and(cursor: Cursor): boolean {
  let value = not(cursor);
  while (cursor.words[cursor.at] === "-a") {
    cursor.at++;
    const right = not(cursor);
    value = value && right;
  }
  return value;
}

function not(cursor: Cursor): boolean {
  if (cursor.words[cursor.at] === "!") {
    cursor.at++;
    return !not(cursor);
  }
  return primary(cursor);
}

function primary(cursor: Cursor): boolean {
  const { words } = cursor;
  const word = words[cursor.at];
  if (word === undefined) throw new TestFault("argument expected");
  const operator = words[cursor.at + 1];
  const right = words[cursor.at + 2];
  if (operator !== undefined && isBinary(operator) && right !== undefined) {
    cursor.at += 3;
    return binary(cursor, word, operator, right);
  }
  if (word === "(") {
    cursor.at++;
    const value = or(cursor);
    if (words[cursor.at++] !== ")") throw new TestFault("`)' expected");
    return value;
  }
  if (isUnary(word) && operator !== undefined) {
    cursor.at += 2;
    return cursor.check(word, operator) ?? false;
  }
  cursor.at++;
  return word !== "";
}

function binary(cursor: Cursor, left: string, operator: string, right: string): boolean {
  switch (operator) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    default: {
      const files = cursor.check(operator, left, right);
      if (files !== undefined) return files;
      const [a, b] = [integer(left), integer(right)];
      if (operator === "-eq") return a === b;
      if (operator === "-ne") return a !== b;
      if (operator === "-lt") return a < b;
      if (operator === "-le") return a <= b;
      return operator === "-gt" ? a > b : a >= b;
    }
  }
}

function integer(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFault(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ""));
}
