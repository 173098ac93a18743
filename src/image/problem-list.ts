import { decodeName } from "../tree/name.ts";
import type { Problem, ProblemFacts, ProblemType } from "./problem.ts";

/** Problems of one type that are listed singly; what comes after them is only counted. */
const LISTED = 100;
/** Longest part of an entry's name that a problem quotes, in bytes. */
const QUOTED = 4096;

/** Collects the problems of one member of an archive, of any one type only so many. */
export class ProblemList {
  readonly #file: string;
  readonly #member: string | null;
  readonly #problems: Problem[] = [];
  readonly #counts = new Map<ProblemType, number>();

  constructor(file: string, member: string | null) {
    this.#file = file;
    this.#member = member;
  }

  /** Adds a problem, unless there are too many like it; it then names no entry. Returns it. */
  add(facts: ProblemFacts, offset: number | null = null, entry: Uint8Array | null = null): Problem {
    const count = (this.#counts.get(facts.type) ?? 0) + 1;
    this.#counts.set(facts.type, count);
    const isListed = count <= LISTED;
    const name = entry && isListed ? decodeName(entry.subarray(0, QUOTED)) : null;
    const problem: Problem = {
      ...facts,
      at: { file: this.#file, member: this.#member, entry: name, offset },
    };
    if (isListed) this.#problems.push(problem);
    return problem;
  }

  /** Counts one more problem of a type of which enough are listed. False: it is to be added. */
  countMore(type: ProblemType): boolean {
    const count = this.#counts.get(type) ?? 0;
    if (count < LISTED) return false;
    this.#counts.set(type, count + 1);
    return true;
  }

  /** The problems in the order they were met, and at the end how many more there were of a type. */
  list(): readonly Problem[] {
    const at = { file: this.#file, member: this.#member, entry: null, offset: null };
    const more: Problem[] = [];
    for (const [of, count] of this.#counts)
      if (count > LISTED && of !== "more")
        more.push({ type: "more", of, count: count - LISTED, at });
    return [...this.#problems, ...more];
  }
}
