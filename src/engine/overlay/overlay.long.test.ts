import { afterAll, it } from "vitest";
import { compareWithKernel, removeRealOverlays, whyNoKernel } from "./real-overlay.fixture.ts";

afterAll(removeRealOverlays);
const reason = whyNoKernel();

it.skipIf(reason !== null)(
  "[OL1] and over many long scripts",
  () => {
    compareWithKernel(4_000, 90);
  },
  3_600_000,
);
