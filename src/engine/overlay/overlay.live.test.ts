import { afterAll, it } from "vitest";
import { compareWithKernel, removeRealOverlays, whyNoKernel } from "./real-overlay.fixture.ts";

afterAll(removeRealOverlays);
const reason = whyNoKernel();

it.skipIf(reason !== null)(
  "[OL1] the engine does what this kernel's overlayfs does, call by call",
  () => {
    compareWithKernel(120, 30);
  },
);
