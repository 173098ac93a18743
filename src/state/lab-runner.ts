import type { Prompt } from "../shell/session.ts";
import type { World } from "./lab-script.ts";
import type { LabHost, RanLine } from "./lab-session.ts";

/** What runs lines for the Lab: the shell over the simulated host. */
export interface LabRunner {
  /** A host for a world; null when the world's image is not open. */
  start(world: World): Promise<LabHost | null>;
  /** The lines a world begins with, on the host that `start` gave. */
  opening(
    world: World,
    start: LabHost,
  ): readonly { readonly prompt: string; readonly line: string }[];
  /**
   * Runs one line, to its end or until so many system calls were made; depends on nothing but its arguments and the bytes
   * of opened archives.
   */
  run(host: LabHost, prompt: string, line: string, until?: number): Promise<RanLine>;
  /** Where lines can be typed, the host first. */
  prompts(host: LabHost): readonly Prompt[];
  /** One hash of everything there is. */
  hash(host: LabHost): string;
}
