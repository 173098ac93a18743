import { complete } from "../../shell/completion.ts";
import { promptsOf } from "../../shell/session.ts";
import { actingAt } from "../../state/lab-acting.ts";
import { useLab } from "../../state/lab-store.ts";
import { branchOf, presentOf, type Timeline } from "../../state/lab-timeline.ts";
import { Terminal } from "../terminal/terminal.tsx";
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
  const branch = branchOf(timeline);
  const at = branch.findIndex(({ id }) => id === timeline.cursor.command);
  const shown = branch.slice(0, at + 1);
  const { host } = presentOf(timeline);
  const prompts = promptsOf(host);
  const last = shown.at(-1);
  const isOver = last === undefined || timeline.cursor.tick === last.moments.length;
  const { run, setPrompt } = useLab.getState();
  const note = isPlaying ? null : actingWords(t, actingAt(timeline));
  const tries = isPresenting || note !== null ? [] : triesLeft(timeline, world);
  const promptOf = (name: string) =>
    prompts.find(({ id, text }) => id === name || text === `${name}#`)?.id ?? null;
  const example = tries.find(([name]) => promptOf(name) === prompt)?.[1];
  return (
    <section className="console" aria-label={t("lab:terminal.log")}>
      <Terminal
        entries={shown.map(({ id, ran }) => ({
          id,
          prompt: promptText(prompts, ran.prompt),
          line: ran.line,
          output: id !== last?.id || isOver ? ran.output : [],
        }))}
        lines={branch.map(({ ran }) => ran.line)}
        prompts={prompts}
        prompt={prompt}
        isBusy={isBusy}
        note={note}
        example={example === undefined ? "" : t("lab:terminal.example", { line: example })}
        invitation={<Tries tries={tries} promptOf={promptOf} />}
        onPrompt={setPrompt}
        onRun={(text) => void run(text)}
        complete={(line, cursor) => complete(host, prompt, line, cursor)}
      />
    </section>
  );
}
