import { it } from "vitest";
import { compareWithUmoci, hasUmoci } from "./umoci.fixture.ts";

const { UMOCI_SEED = "1" } = process.env;

it.skipIf(!hasUmoci())(
  "random images are read as umoci unpacks them, for five minutes",
  async () => {
    const taken = await compareWithUmoci(Number(UMOCI_SEED), 100_000, 300);
    console.info(`${taken} images of seed ${UMOCI_SEED} compared`);
  },
  420_000,
);
