import { useMemo } from "react";
import { complete } from "../../shell/completion.ts";
import { promptsOf } from "../../shell/session.ts";
import { actingAt } from "../../state/lab-acting.ts";
import { useLab } from "../../state/lab-store.ts";
import { branchOf, currentCommand, presentOf, type Timeline } from "../../state/lab-timeline.ts";
import { Terminal, type TerminalProps } from "../terminal/terminal.tsx";
import { useShared } from "../text/use-shared.ts";
import { useWords } from "../text/words.ts";
import { actingWords } from "./acting-words.ts";
import { promptText } from "./narration.ts";
import { Tries, triesLeft } from "./tries.tsx";

/** The terminal at this moment: what was typed up to here, and a line to type. */
export function Console({ timeline }: { readonly timeline: Timeline }) {
  const { t } = useWords();
  const prompt = useLab((lab) => lab.prompt);
  const isBusy = useLab((lab) => lab.isBusy);
  const isPlaying = useLab((lab) => lab.isPlaying);
  const isPresenting = useLab((lab) => lab.isPresenting);
  const world = useLab((lab) => lab.world);
  const { commands, tip, cursor } = timeline;
  const current = currentCommand(timeline);
  const isOver = current === null || cursor.tick === current.moments.length;
  const prompts = useShared(promptsOf(presentOf(timeline).host));
  const branch = useMemo(() => branchOf({ commands, tip }), [commands, tip]);
  const lines = useMemo(() => branch.map(({ ran }) => ran.line), [branch]);
  const entries = useMemo(() => {
    const at = branch.findIndex(({ id }) => id === cursor.command);
    const isDone = (id: number) => id !== cursor.command || isOver;
    const typed = branch.slice(0, at + 1);
    const cleared = typed.findLastIndex(({ id, ran }) => ran.line.trim() === "clear" && isDone(id));
    return typed.slice(cleared + 1).map(({ id, ran }) => ({
      id,
      // A prompt that is gone by now has the name that it had.
      prompt: promptText(
        prompts.some((each) => each.id === ran.prompt) ? prompts : promptsOf(ran.host),
        ran.prompt,
      ),
      line: ran.line,
      output: isDone(id) ? ran.output : [],
    }));
  }, [branch, prompts, cursor.command, isOver]);
  const note = isPlaying ? null : actingWords(t, actingAt(timeline));
  const tries = isPresenting || note !== null ? [] : triesLeft(timeline, world);
  const promptOf = (name: string) =>
    prompts.find(({ id, text }) => id === name || text === `${name}#`)?.id ?? null;
  const example = tries.find(([name]) => promptOf(name) === prompt)?.[1];
  return (
    <section className="console" aria-label={t("lab:terminal.log")}>
      <Terminal
        {...{ entries, lines, prompts, prompt, isBusy, note }}
        example={example === undefined ? "" : t("lab:terminal.example", { line: example })}
        invitation={tries.length === 0 ? null : <Tries tries={tries} promptOf={promptOf} />}
        onPrompt={setPrompt}
        onRun={run}
        onNothing={hurry}
        complete={completeNow}
      />
    </section>
  );
}

const setPrompt = (id: string) => useLab.getState().setPrompt(id);

/** Enter while time plays by itself: to the end of the command at once. */
const hurry = () => {
  const { isPlaying, commandForward } = useLab.getState();
  if (isPlaying) commandForward();
};

const run = (text: string) => void useLab.getState().run(text);

/** The completions of a line at the moment it is typed. */
const completeNow: TerminalProps["complete"] = (line, cursor) => {
  const { timeline, prompt } = useLab.getState();
  return timeline
    ? complete(presentOf(timeline).host, prompt, line, cursor)
    : { from: cursor, to: cursor, candidates: [] };
};
