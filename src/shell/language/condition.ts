import { fileTest } from "../file-test.ts";
import { type Expander, ExpansionFault } from "./bits.ts";
import { expandArithmetic, expandPattern, expandText } from "./expand.ts";
import { patternMatcher } from "./pattern.ts";
import { parameterOf, setVariable } from "./shell.ts";
import type { Condition } from "./syntax.ts";

/** `[[ … ]]`: 0 when true, 1 when false, 2 for a bad regular expression. */
export async function evaluateCondition(expander: Expander, condition: Condition): Promise<number> {
  return (await isTrue(expander, condition)) ? 0 : 1;
}

async function isTrue(expander: Expander, condition: Condition): Promise<boolean> {
  const { shell } = expander;
  switch (condition.type) {
    case "CondAnd":
      return (await isTrue(expander, condition.left)) && (await isTrue(expander, condition.right));
    case "CondOr":
      return (await isTrue(expander, condition.left)) || (await isTrue(expander, condition.right));
    case "CondNot":
      return !(await isTrue(expander, condition.operand));
    case "CondGroup":
      return isTrue(expander, condition.expression);
    case "CondWord":
      return (await expandText(expander, condition.word)) !== "";
    case "CondUnary": {
      const operand = await expandText(expander, condition.operand);
      if (condition.operator === "-v") return parameterOf(shell, operand) !== undefined;
      return fileTest(shell.process, condition.operator, operand) ?? false;
    }
    case "CondBinary":
      return binary(expander, condition);
  }
}

async function binary(
  expander: Expander,
  condition: Extract<Condition, { type: "CondBinary" }>,
): Promise<boolean> {
  const { shell } = expander;
  const left = await expandText(expander, condition.left);
  const { operator } = condition;
  switch (operator) {
    case "=":
    case "==":
    case "!=": {
      const matches = patternMatcher(await expandPattern(expander, condition.right))(left);
      return matches === (operator !== "!=");
    }
    case "=~": {
      const source = await expandText(expander, condition.right);
      const match = expressionOf(source).exec(left);
      setVariable(shell, "BASH_REMATCH", match ? match.map((group) => group ?? "") : []);
      return match !== null;
    }
    case "<":
    case ">": {
      const right = await expandText(expander, condition.right);
      return operator === "<" ? left < right : left > right;
    }
    default: {
      const right = await expandText(expander, condition.right);
      const test = fileTest(shell.process, operator, left, right);
      if (test !== undefined) return test;
      const [a, b] = [
        await expandArithmetic(expander, left),
        await expandArithmetic(expander, right),
      ];
      return compare(operator, a, b);
    }
  }
}

function expressionOf(source: string): RegExp {
  try {
    return new RegExp(source, "su");
  } catch {
    throw new ExpansionFault(`${source}: bad regular expression`);
  }
}

function compare(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case "-eq":
      return a === b;
    case "-ne":
      return a !== b;
    case "-lt":
      return a < b;
    case "-le":
      return a <= b;
    case "-gt":
      return a > b;
    default:
      return a >= b;
  }
}
