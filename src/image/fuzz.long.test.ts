/** The properties of fuzz.property.test.ts, each for four minutes. */
process.env["FUZZ_SECONDS"] ??= "240";
await import("./fuzz.property.test.ts");

export {};
