/**
 * Integer arithmetic of `$((…))`, `((…))` and `let`: C's operators on 64-bit integers.
 *
 * The text comes with `$` already expanded; a bare name is a variable, whose text is evaluated in turn.
 */
export interface ArithmeticScope {
  readonly get: (name: string) => string;
  readonly set: (name: string, value: string) => void;
}

export type ArithmeticResult =
  | { readonly ok: true; readonly value: bigint }
  | { readonly ok: false; readonly message: string };

const DEPTH = 64;

/** Evaluates `text`; an empty text is 0. */
export function evaluateArithmetic(text: string, scope: ArithmeticScope): ArithmeticResult {
  try {
    return { ok: true, value: evaluateAt(text, scope, 0) };
  } catch (fault) {
    if (fault instanceof ArithmeticFault)
      return { ok: false, message: `${text.trim()}: ${fault.message}` };
    throw fault;
  }
}

class ArithmeticFault extends Error {}

interface Cursor {
  readonly tokens: readonly string[];
  at: number;
  readonly scope: ArithmeticScope;
  readonly depth: number;
  /** False inside the branch of `&&`, `||` or `?:` that is not taken: nothing is assigned there. */
  live: boolean;
}

const TOKEN =
  /\s*(\d+#[\w@]+|0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*(?:\[[^\]]*\])?|<<=|>>=|\*\*|\+\+|--|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|[-+*/%<>!~&|^?:=(),])/y;

function evaluateAt(text: string, scope: ArithmeticScope, depth: number): bigint {
  if (depth > DEPTH) throw new ArithmeticFault("expression recursion level exceeded");
  const tokens = tokenize(text);
  if (tokens.length === 0) return 0n;
  const cursor: Cursor = { tokens, at: 0, scope, depth, live: true };
  const value = comma(cursor);
  if (cursor.at < tokens.length) {
    const rest = tokens.slice(cursor.at).join(" ");
    throw new ArithmeticFault(`syntax error in expression (error token is "${rest}")`);
  }
  return value;
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) {
      const rest = text.slice(from).trim();
      if (rest === "") return tokens;
      throw new ArithmeticFault(
        `syntax error: invalid arithmetic operator (error token is "${rest}")`,
      );
    }
    tokens.push(match[1] ?? "");
  }
  return tokens;
}

function take(cursor: Cursor, ...options: readonly string[]): string | undefined {
  const token = cursor.tokens[cursor.at];
  if (token === undefined || !options.includes(token)) return undefined;
  cursor.at++;
  return token;
}

function comma(cursor: Cursor): bigint {
  let value = assignment(cursor);
  while (take(cursor, ",")) value = assignment(cursor);
  return value;
}

const ASSIGNMENTS = ["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "|=", "^="];

function assignment(cursor: Cursor): bigint {
  const name = cursor.tokens[cursor.at] ?? "";
  const operator = cursor.tokens[cursor.at + 1] ?? "";
  if (!/^[A-Za-z_]/.test(name) || !ASSIGNMENTS.includes(operator)) return conditional(cursor);
  cursor.at += 2;
  const right = assignment(cursor);
  const value =
    operator === "=" ? right : binary(operator.slice(0, -1), variable(cursor, name), right, cursor);
  assign(cursor, name, value);
  return value;
}

function conditional(cursor: Cursor): bigint {
  const condition = level(cursor, 0);
  if (!take(cursor, "?")) return condition;
  const live = cursor.live;
  cursor.live = live && condition !== 0n;
  const yes = assignment(cursor);
  if (!take(cursor, ":")) throw new ArithmeticFault("`:' expected for conditional expression");
  cursor.live = live && condition === 0n;
  const no = assignment(cursor);
  cursor.live = live;
  return condition !== 0n ? yes : no;
}

const LEVELS: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];

function level(cursor: Cursor, index: number): bigint {
  const operators = LEVELS[index];
  if (!operators) return power(cursor);
  let left = level(cursor, index + 1);
  for (;;) {
    const operator = take(cursor, ...operators);
    if (operator === undefined) return left;
    const live = cursor.live;
    if ((operator === "&&" && left === 0n) || (operator === "||" && left !== 0n))
      cursor.live = false;
    const right = level(cursor, index + 1);
    cursor.live = live;
    left = binary(operator, left, right, cursor);
  }
}

function power(cursor: Cursor): bigint {
  const base = unary(cursor);
  return take(cursor, "**") ? binary("**", base, power(cursor), cursor) : base;
}

function unary(cursor: Cursor): bigint {
  const operator = take(cursor, "-", "+", "!", "~", "++", "--");
  if (operator === "++" || operator === "--") {
    const name = cursor.tokens[cursor.at++] ?? "";
    const value = variable(cursor, name) + (operator === "++" ? 1n : -1n);
    assign(cursor, name, value);
    return value;
  }
  if (operator === "-") return BigInt.asIntN(64, -unary(cursor));
  if (operator === "+") return unary(cursor);
  if (operator === "!") return unary(cursor) === 0n ? 1n : 0n;
  if (operator === "~") return ~unary(cursor);
  return primary(cursor);
}

function primary(cursor: Cursor): bigint {
  const token = cursor.tokens[cursor.at++];
  if (token === undefined)
    throw new ArithmeticFault('syntax error: operand expected (error token is " ")');
  if (token === "(") {
    const value = comma(cursor);
    if (!take(cursor, ")")) throw new ArithmeticFault("missing `)'");
    return value;
  }
  if (/^\d/.test(token)) return numberOf(token);
  if (!/^[A-Za-z_]/.test(token))
    throw new ArithmeticFault(`syntax error: operand expected (error token is "${token}")`);
  const value = variable(cursor, token);
  const step = take(cursor, "++", "--");
  if (step) assign(cursor, token, value + (step === "++" ? 1n : -1n));
  return value;
}

function numberOf(token: string): bigint {
  const based = /^(\d+)#(.*)$/.exec(token);
  if (based) {
    const base = BigInt(based[1] ?? "10");
    let value = 0n;
    for (const char of based[2] ?? "") {
      const digit = BigInt(
        "0123456789abcdefghijklmnopqrstuvwxyz".indexOf(base <= 36n ? char.toLowerCase() : char),
      );
      if (digit < 0n || digit >= base)
        throw new ArithmeticFault(`value too great for base (error token is "${token}")`);
      value = value * base + digit;
    }
    return value;
  }
  if (/^0\d+$/.test(token)) {
    if (/[89]/.test(token))
      throw new ArithmeticFault(`value too great for base (error token is "${token}")`);
    return BigInt(`0o${token.slice(1)}`);
  }
  return BigInt.asIntN(64, BigInt(token));
}

function variable(cursor: Cursor, name: string): bigint {
  const text = cursor.scope.get(name).trim();
  if (text === "") return 0n;
  if (/^-?\d+$/.test(text) && !/^-?0\d/.test(text)) return BigInt.asIntN(64, BigInt(text));
  return evaluateAt(text, cursor.scope, cursor.depth + 1);
}

function assign(cursor: Cursor, name: string, value: bigint): void {
  if (cursor.live) cursor.scope.set(name, String(BigInt.asIntN(64, value)));
}

function binary(operator: string, left: bigint, right: bigint, cursor: Cursor): bigint {
  return BigInt.asIntN(64, wide(operator, left, right, cursor));
}

function wide(operator: string, left: bigint, right: bigint, cursor: Cursor): bigint {
  switch (operator) {
    case "||":
      return left !== 0n || right !== 0n ? 1n : 0n;
    case "&&":
      return left !== 0n && right !== 0n ? 1n : 0n;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case "&":
      return left & right;
    case "==":
      return left === right ? 1n : 0n;
    case "!=":
      return left !== right ? 1n : 0n;
    case "<":
      return left < right ? 1n : 0n;
    case "<=":
      return left <= right ? 1n : 0n;
    case ">":
      return left > right ? 1n : 0n;
    case ">=":
      return left >= right ? 1n : 0n;
    case "<<":
      return left << (right & 63n);
    case ">>":
      return left >> (right & 63n);
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "**":
      if (right < 0n) throw new ArithmeticFault("exponent less than 0");
      return modularPower(left, right);
    default:
      if (right === 0n) {
        if (!cursor.live) return 0n;
        throw new ArithmeticFault('division by 0 (error token is "0")');
      }
      return operator === "/" ? left / right : left % right;
  }
}

function modularPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = BigInt.asIntN(64, result * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return result;
}
