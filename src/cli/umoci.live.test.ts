import { it } from "vitest";
import { compareWithUmoci, hasUmoci } from "./umoci.fixture.ts";

it.skipIf(!hasUmoci())(
  "random images are read as umoci unpacks them",
  () => compareWithUmoci(4, 400, 12),
  90_000,
);
