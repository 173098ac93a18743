import { type ByteSource, readBytes } from "./byte-source.ts";
import type { Limits } from "./limits.ts";
import type { ProblemList } from "./problem-list.ts";
import { ReadFailure } from "./read-failure.ts";

export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface JsonText {
  readonly value: Json;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Reads a JSON document. Throws `ReadFailure` when it is too long or not JSON. A byte order mark is left out. */
export async function readJson(source: ByteSource, limits: Limits): Promise<JsonText> {
  if (source.size > limits.jsonBytes)
    throw new ReadFailure({
      type: "limit",
      limit: "jsonBytes",
      bound: limits.jsonBytes,
      seen: source.size,
    });
  return parseJson(await readBytes(source, 0, source.size));
}

export function parseJson(bytes: Uint8Array): JsonText {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ReadFailure({ type: "json-invalid", reason: "not UTF-8" }, 0);
  }
  try {
    const value: Json = JSON.parse(text);
    return { value, bytes, text };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ReadFailure({ type: "json-invalid", reason: reason.slice(0, 200) }, 0);
  }
}

/** What a value is, in JSON's words. */
export function jsonKind(value: Json | undefined): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "list";
  return typeof value;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/**
 * Takes a document apart. What is left out or null counts as empty; what is of another type is a problem and counts
 * as empty too. `path` says where in the document a value is.
 */
export class JsonReader {
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  /** An own field of an object; never one that every object has. In another case too, as Go reads it. */
  field(object: JsonObject, key: string): Json | undefined {
    if (Object.hasOwn(object, key)) return object[key];
    const folded = key.toLowerCase();
    const like = Object.keys(object).find((other) => other.toLowerCase() === folded);
    return like === undefined ? undefined : object[like];
  }

  text(object: JsonObject, key: string, path: string): string {
    const value = this.field(object, key);
    if (typeof value === "string") return value;
    this.#expect("string", value, `${path}.${key}`);
    return "";
  }

  object(object: JsonObject, key: string, path: string): JsonObject {
    const value = this.field(object, key);
    if (isObject(value)) return value;
    this.#expect("object", value, `${path}.${key}`);
    return {};
  }

  list(object: JsonObject, key: string, path: string): readonly Json[] {
    const value = this.field(object, key);
    if (isList(value)) return value;
    this.#expect("list", value, `${path}.${key}`);
    return [];
  }

  /** The objects of a list; other elements are problems and left out. */
  objects(object: JsonObject, key: string, path: string): readonly JsonObject[] {
    return this.list(object, key, path).filter((value, i): value is JsonObject => {
      if (isObject(value)) return true;
      this.wrong("object", value, `${path}.${key}[${i}]`);
      return false;
    });
  }

  /** The strings of a list; other elements are problems and left out. */
  texts(object: JsonObject, key: string, path: string): readonly string[] {
    return this.list(object, key, path).filter((value, i): value is string => {
      if (typeof value === "string") return true;
      this.wrong("string", value, `${path}.${key}[${i}]`);
      return false;
    });
  }

  wrong(expected: string, value: Json | undefined, path: string): void {
    this.#problems.add({ type: "json-type", path, expected, found: jsonKind(value) });
  }

  #expect(expected: string, value: Json | undefined, path: string): void {
    if (value !== undefined && value !== null) this.wrong(expected, value, path);
  }
}
