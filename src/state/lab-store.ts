import { createLab } from "./lab.ts";
import { shellRunner } from "./lab-shell-runner.ts";

/** The page's Lab. This file is loaded when the Lab is first opened: it brings the whole simulated host. */
export const useLab = createLab(shellRunner());
