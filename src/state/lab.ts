import { create, type StateCreator } from "zustand";
import { interrupted } from "./lab-acting.ts";
import { type Foretold, type Question, questionAhead } from "./lab-question.ts";
import type { LabRunner } from "./lab-runner.ts";
import {
  ALL_FOLLOWS,
  replay,
  type Script,
  type Showing,
  scriptOf,
  type World,
} from "./lab-script.ts";
import type { LabHost, RanLine } from "./lab-session.ts";
import { type LabSettings, rememberedSettings, rememberSettings } from "./lab-settings.ts";
import {
  branchOf,
  type CommandId,
  type Cursor,
  commandBack,
  commandForward,
  commandOf,
  currentCommand,
  type Detail,
  hostToActOn,
  newTimeline,
  presentOf,
  redo,
  reset,
  returnTo,
  seek,
  stepBack,
  stepForward,
  stopsOf,
  type Timeline,
  undo,
  withCommand,
} from "./lab-timeline.ts";

/**
 * idle: nothing begun · starting: the host comes up · replaying: a script runs again · wanting: an image is asked for ·
 * ready · failed: a script that could not be run
 */
export type LabPhase = "idle" | "starting" | "replaying" | "wanting" | "ready" | "failed";

/** What the stage shows, where a person chose; null: it follows what happens. */
export interface StageChoice extends Showing {
  /** Where the window of columns begins. */
  readonly first: number | null;
}

/** The Lab: a session, where in its time we are, and what is looked at. */
export interface LabState extends LabSettings, StageChoice {
  readonly phase: LabPhase;
  readonly world: World;
  readonly timeline: Timeline | null;
  readonly isPlaying: boolean;
  /** How many micro-steps went by unsaid when a command came to its end by itself; null after any step a person made. */
  readonly played: number | null;
  /** What is asked before the next micro-step; null: nothing. */
  readonly question: Question | null;
  /** Hands counted for each of the question's choices, while presenting. */
  readonly hands: readonly number[];
  /** What was foretold of the moment that is shown now; null: nothing. */
  readonly foretold: Foretold | null;
  /** A line is being run; others wait in `queue`. */
  readonly isBusy: boolean;
  readonly queue: readonly { readonly prompt: string; readonly line: string }[];
  /** "host", or a container's id. */
  readonly prompt: string;
  readonly isPresenting: boolean;
  /** The script that waits for its image. */
  readonly waiting: Script | null;
  /** Whether a script that was run again came to the state its link speaks of; null: nothing was to be proved. */
  readonly isProved: boolean | null;

  /** Begins a world anew. */
  begin(world: World): Promise<void>;
  /** Runs a script again, up to the moment it names. */
  open(script: Script): Promise<void>;
  /** Runs a line, or moves in time for `undo`, `redo` and `reset`. Resolves when it is done. */
  run(line: string, prompt?: string): Promise<RanLine | null>;
  play(): void;
  pause(): void;
  /** One tick of playing: the next stop, or the end. */
  advance(stops: number): void;
  stepForward(): void;
  stepBack(): void;
  /** Foretells by a choice of the question, null for not sure; time goes on to the moment that answers it. */
  foretell(choice: number | null): void;
  /** Somebody chooses: while presenting a hand more is counted, else it is foretold. */
  answer(choice: number): void;
  /** Counts no hand any more. */
  lowerHands(): void;
  commandForward(): void;
  commandBack(): void;
  seek(cursor: Cursor): void;
  returnTo(tip: CommandId): void;
  set(change: Partial<LabSettings>): void;
  choose(change: Partial<StageChoice>): void;
  setPrompt(prompt: string): void;
  present(isPresenting: boolean): void;
  /** The session as what was typed; null before there is one. */
  script(): Script | null;
}

const FRESH: StageChoice = {
  ...ALL_FOLLOWS,
  first: null,
};
const NOTHING_ASKED = { question: null, hands: [], foretold: null } as const;
const KV: World = { type: "built-in", name: "kv" };

/** The Lab's state over a runner of lines; a factory, so that tests can have their own. */
export function labState(runner: LabRunner, remembered: LabSettings): StateCreator<LabState> {
  return (set, get) => {
    const move = (step: (timeline: Timeline, detail: Detail) => Timeline) => {
      const { timeline, detail } = get();
      if (timeline)
        set({
          timeline: step(timeline, detail),
          isPlaying: false,
          played: null,
          first: null,
          ...NOTHING_ASKED,
        });
    };
    /** Stops before the next micro-step when that one asks something. */
    const asks = (timeline: Timeline): Partial<LabState> | null => {
      const { predicts, detail } = get();
      const question = predicts ? questionAhead(timeline, detail) : null;
      return question && { ...NOTHING_ASKED, timeline, question, isPlaying: false, played: null };
    };

    async function runNow(prompt: string, line: string): Promise<RanLine | null> {
      const { timeline } = get();
      if (!timeline) return null;
      const verb = line.trim();
      if (verb === "undo" || verb === "redo" || verb === "reset") {
        move({ undo, redo, reset }[verb]);
        return null;
      }
      const at = get().isPlaying
        ? commandForward(timeline)
        : await interrupted(timeline, runner.run);
      const ran = await runner.run(hostToActOn(at), prompt, line);
      if (ran.incomplete) return ran;
      const next = withCommand(at, ran);
      const made = currentCommand(next);
      const hasMoments = (made?.moments.length ?? 0) > 0;
      const isStill = get().speed === 0 || !hasMoments;
      const known = runner.prompts(ran.host).some(({ id }) => id === get().prompt);
      set({
        timeline: isStill ? commandForward(next) : next,
        isPlaying: !isStill,
        ...NOTHING_ASKED,
        played: made && hasMoments && isStill ? stopsOf(made, get().detail).length : null,
        first: null,
        directory: null,
        ...(known ? {} : { prompt: "host" }),
        ...(isStill && get().predicts ? toQuestion(next) : {}),
      });
      return ran;
    }

    /** From a command's beginning to its first question, or to its end. */
    function toQuestion(start: Timeline): Partial<LabState> {
      const { detail } = get();
      const command = currentCommand(start);
      let at = start;
      while (at.cursor.command === command?.id) {
        const asked = asks(at);
        if (asked) return asked;
        const ahead = stepForward(at, detail);
        if (ahead === at || ahead.cursor.command !== command.id) break;
        at = ahead;
      }
      return {};
    }

    async function openOn(start: LabHost | null, script: Script): Promise<void> {
      if (start === null) {
        set({ phase: "wanting", waiting: script });
        return;
      }
      set({ phase: "replaying" });
      try {
        const timeline = await replay(script, start, runner.run);
        const tip = timeline.tip === null ? null : commandOf(timeline, timeline.tip);
        const hash = script.hash === "" ? null : runner.hash(tip?.ran.host ?? start);
        const prompts = runner.prompts(presentOf(timeline).host);
        set({
          ...script.showing,
          phase: "ready",
          timeline,
          isPlaying: false,
          prompt:
            (prompts.find(({ id }) => id !== "host" && id === tip?.ran.prompt) ?? prompts.at(-1))
              ?.id ?? "host",
          isProved: hash === null ? null : hash === script.hash,
        });
      } catch (fault) {
        if (!(fault instanceof RangeError)) throw fault;
        set({ phase: "failed", timeline: newTimeline(start) });
      }
    }

    return {
      ...FRESH,
      ...remembered,
      phase: "idle",
      world: KV,
      timeline: null,
      isPlaying: false,
      played: null,
      ...NOTHING_ASKED,
      isBusy: false,
      queue: [],
      prompt: "host",
      isPresenting: false,
      waiting: null,
      isProved: null,

      begin: async (world) => {
        set({
          phase: "starting",
          world,
          waiting: null,
          isProved: null,
          ...FRESH,
          ...NOTHING_ASKED,
        });
        const start = await runner.start(world);
        const lines = start ? runner.opening(world, start) : [];
        await openOn(start, {
          world,
          lines: lines.map(({ prompt, line }, at) => ({
            prompt,
            line,
            after: at - 1,
            until: null,
          })),
          tip: lines.length - 1,
          cursor:
            lines.length === 0
              ? { command: null, tick: 0 }
              : { command: lines.length, tick: Number.MAX_SAFE_INTEGER },
          hash: "",
          showing: ALL_FOLLOWS,
        });
      },

      open: async (script) => {
        set({
          phase: "starting",
          world: script.world,
          waiting: null,
          isProved: null,
          ...FRESH,
          ...NOTHING_ASKED,
        });
        await openOn(await runner.start(script.world), script);
      },

      run: async (line, prompt = get().prompt) => {
        if (get().isBusy) {
          set(({ queue }) => ({ queue: [...queue, { prompt, line }] }));
          return null;
        }
        set({ isBusy: true });
        try {
          return await runNow(prompt, line);
        } finally {
          const [next, ...queue] = get().queue;
          set({ isBusy: false, queue });
          if (next) void get().run(next.line, next.prompt);
        }
      },

      play: () => {
        get().foretell(null);
        const { timeline, detail } = get();
        if (timeline && stepForward(timeline, detail) !== timeline) set({ isPlaying: true });
      },
      pause: () => set({ isPlaying: false }),
      advance: (stops) => {
        const { timeline, detail } = get();
        if (!timeline) return;
        let at = timeline;
        for (let i = 0; i < stops; i++) {
          const asked = asks(at);
          if (asked) {
            set(asked);
            return;
          }
          at = stepForward(at, detail);
        }
        const command = currentCommand(at);
        const isOver = command === null || at.cursor.tick >= (stopsOf(command, detail).at(-1) ?? 0);
        set({
          timeline: at,
          ...NOTHING_ASKED,
          isPlaying: !isOver,
          played: isOver && command ? stopsOf(command, detail).length : null,
        });
      },
      stepForward: () => {
        const { timeline, question } = get();
        if (question) get().foretell(null);
        else {
          const asked = timeline && asks(timeline);
          if (asked) set(asked);
          else move(stepForward);
        }
      },
      foretell: (choice) => {
        const { timeline, question, hands } = get();
        if (!timeline || !question) return;
        move((at) => seek(at, question.reveal));
        set({ foretold: { question, choice, hands } });
      },
      answer: (choice) => {
        const { question, isPresenting, hands, foretell } = get();
        if (!question || !(choice in question.choices)) return;
        if (!isPresenting) foretell(choice);
        else
          set({ hands: question.choices.map((_, at) => (hands[at] ?? 0) + Number(at === choice)) });
      },
      lowerHands: () => set({ hands: [] }),
      stepBack: () => move(stepBack),
      commandForward: () => move(commandForward),
      commandBack: () => move(commandBack),
      seek: (cursor) => move((timeline) => seek(timeline, cursor)),
      returnTo: (tip) => move((timeline) => returnTo(timeline, tip)),
      set: (change) => {
        set(change);
        rememberSettings(get());
        const { timeline, speed, isPlaying, predicts } = get();
        if (!predicts) set(NOTHING_ASKED);
        if (speed === 0 && isPlaying && timeline)
          set({ timeline: commandForward(timeline), isPlaying: false });
      },
      choose: (change) => set(change),
      setPrompt: (prompt) => set({ prompt }),
      present: (isPresenting) => set({ isPresenting, hands: [] }),
      script: () => {
        const { timeline, world, union, directory, picture, figure, selected } = get();
        if (!timeline) return null;
        const tip = branchOf(timeline).at(-1);
        const hash = runner.hash(tip?.ran.host ?? timeline.start);
        return scriptOf(timeline, world, hash, { union, directory, picture, figure, selected });
      },
    };
  };
}

/** The page's Lab. Made when the Lab is first opened, for it brings the whole simulated host with it. */
export function createLab(runner: LabRunner) {
  return create<LabState>()(labState(runner, rememberedSettings()));
}
