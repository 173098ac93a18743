/** The properties of fuzz.property.test.ts, each for four minutes. */
Object.assign(process.env, { FUZZ_SECONDS: "240", ...process.env });
await import("./fuzz.property.test.ts");

export {};
