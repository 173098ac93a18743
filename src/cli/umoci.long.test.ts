import { it } from "vitest";
import { compareWithUmoci, hasUmoci } from "./umoci.fixture.ts";

it.skipIf(!hasUmoci())(
  "random images are read as umoci unpacks them, for five minutes",
  () => compareWithUmoci(Date.now() % 1_000_000, 100_000, 300),
  420_000,
);
