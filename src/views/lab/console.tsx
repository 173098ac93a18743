import { memo, useMemo } from "react";
import { complete } from "../../shell/completion.ts";
import { promptsOf } from "../../shell/session.ts";
import { actingAt } from "../../state/lab-acting.ts";
import { layerIdIn } from "../../state/lab-layers.ts";
import { useLab } from "../../state/lab-store.ts";
import { branchOf, currentCommand, presentOf } from "../../state/lab-timeline.ts";
import { touchedCommands } from "../../state/lab-touch.ts";
import type { LogMarks } from "../terminal/log.tsx";
import { Terminal, type TerminalProps } from "../terminal/terminal.tsx";
import { useShared } from "../text/use-shared.ts";
import { useWords } from "../text/words.ts";
import { actingWords } from "./acting-words.ts";
import { promptText, subjectName } from "./narration.ts";
import { Tries, triesLeft } from "./tries.tsx";
import type { Scene } from "./use-staged.ts";

/** The terminal at this moment: what was typed up to here, and a line to type. */
export const Console = memo(function Console({ scene }: { readonly scene: Scene }) {
  const { timeline } = scene;
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
  const marks = useMarks(scene);
  const note = isPlaying ? null : actingWords(t, actingAt(timeline));
  const tries = isPresenting || note !== null ? [] : triesLeft(timeline, world);
  const promptOf = (name: string) =>
    prompts.find(({ id, text }) => id === name || text === `${name}#`)?.id ?? null;
  const example = tries.find(([name]) => promptOf(name) === prompt)?.[1];
  return (
    <section className="console" aria-label={t("lab:terminal.log")}>
      <div className="console-room">
        <Terminal
          {...{ entries, marks, lines, prompts, prompt, isBusy, note }}
          example={example === undefined ? "" : t("lab:terminal.example", { line: example })}
          invitation={tries.length === 0 ? null : <Tries tries={tries} promptOf={promptOf} />}
          onPrompt={setPrompt}
          onRun={run}
          onNothing={hurry}
          complete={completeNow}
        />
      </div>
    </section>
  );
});

/** What of the log touches the selection, and the ids of the stage's layers in it. */
function useMarks({ timeline, staged, subject, names, telling }: Scene): LogMarks {
  const { choices } = staged;
  const directories = useMemo(() => {
    const all = new Map<string, string>();
    for (const { container } of choices)
      for (const { path } of container?.branches ?? []) all.set(layerIdIn(path) ?? path, path);
    return all;
  }, [choices]);
  const touched = subject && touchedCommands(timeline, subject);
  const name = subject === null ? "" : subjectName(subject, names, telling);
  const lit = subject?.type === "layer" ? layerIdIn(subject.directory) : null;
  return useMemo(
    () => ({
      touched,
      name,
      layers: new Set(directories.keys()),
      lit,
      onLayer: (id) => {
        const directory = directories.get(id);
        if (directory !== undefined)
          useLab.getState().choose({ selected: { type: "layer", directory } });
      },
    }),
    [touched, name, directories, lit],
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
