import { it } from "vitest";
import { compareWithUmoci, hasUmoci } from "./umoci.fixture.ts";

const { UMOCI_SEED = "1" } = process.env;

it.skipIf(!hasUmoci())(
  "random images are read as umoci unpacks them, for five minutes",
  () => compareWithUmoci(Number(UMOCI_SEED), 100_000, 300),
  420_000,
);
