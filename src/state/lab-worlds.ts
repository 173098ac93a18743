/** The built-in worlds: small, one idea each (specs/teaching.md 4.3). */
export const WORLDS = ["kv"] as const;
export type WorldName = (typeof WORLDS)[number];
