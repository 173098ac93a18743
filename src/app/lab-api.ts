import { useAppState } from "../state/app-state.ts";
import type { Cursor } from "../state/lab-timeline.ts";

/** What a line in the Lab gave. */
export interface ExecResult {
  readonly output: readonly { readonly stream: "out" | "error"; readonly text: string }[];
  readonly exitCode: number;
  /** Of the host after it. */
  readonly hash: string;
}

/** The Lab in short, as plain data. */
export interface LabSummary {
  /** What was typed, first to last, on the branch that is shown. */
  readonly lines: readonly { readonly prompt: string; readonly line: string }[];
  readonly cursor: Cursor;
  readonly prompts: readonly { readonly id: string; readonly text: string }[];
  /** Of the host at the cursor. */
  readonly hash: string;
}

/** What scripts may do with the Lab. It is shown and started by the first of these. */
export interface LabApi {
  /** Runs a line at the host's prompt, or in a container by its name or id; the Lab is at its end then. */
  exec(line: string, where?: { readonly container?: string }): Promise<ExecResult>;
  state(): Promise<LabSummary>;
  /** One hash of everything at the cursor: trees, descriptors, clock, shells. */
  stateHash(): Promise<string>;
}

export const labApi: LabApi = {
  exec: async (line, where = {}) => {
    const { lab } = await started();
    const ran = await lab.getState().run(line, where.container ?? "host");
    lab.getState().pause();
    if (ran) lab.getState().commandForward();
    if (!ran) return { output: [], exitCode: 0, hash: await labApi.stateHash() };
    const { output, exitCode, hash } = ran;
    return { output, exitCode, hash };
  },

  state: async () => {
    const { timeline, time, shell } = await started();
    const { host } = time.presentOf(timeline());
    return {
      lines: time.branchOf(timeline()).map(({ ran: { prompt, line } }) => ({ prompt, line })),
      cursor: timeline().cursor,
      prompts: shell.promptsOf(host),
      hash: await labApi.stateHash(),
    };
  },

  stateHash: async () => {
    const { timeline, time, hashes } = await started();
    return hashes.stateHash(time.presentOf(timeline()).host);
  },
};

/** The Lab, loaded and ready. */
async function started() {
  if (useAppState.getState().screen !== "lab") useAppState.getState().showScreen("lab");
  const [{ useLab: lab }, time, shell, hashes] = await Promise.all([
    import("../state/lab-store.ts"),
    import("../state/lab-timeline.ts"),
    import("../shell/session.ts"),
    import("../shell/state-hash.ts"),
  ]);
  while (!["ready", "failed"].includes(lab.getState().phase))
    await new Promise<void>((resolve) => {
      const stop = lab.subscribe(() => {
        stop();
        resolve();
      });
    });
  const timeline = () => {
    const now = lab.getState().timeline;
    if (!now) throw new RangeError("the Lab has no session");
    return now;
  };
  return { lab, timeline, time, shell, hashes };
}
