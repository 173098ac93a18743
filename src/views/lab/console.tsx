import { complete } from "../../shell/completion.ts";
import { promptsOf } from "../../shell/session.ts";
import { actingAt } from "../../state/lab-acting.ts";
import { useLab } from "../../state/lab-store.ts";
import { branchOf, presentOf, type Timeline } from "../../state/lab-timeline.ts";
import { Terminal } from "../terminal/terminal.tsx";
import { useWords } from "../text/words.ts";
import { actingWords } from "./acting-words.ts";

/** The terminal at this moment: what was typed up to here, and a line to type. */
export function Console({ timeline }: { readonly timeline: Timeline }) {
  const { t } = useWords();
  const prompt = useLab((lab) => lab.prompt);
  const isBusy = useLab((lab) => lab.isBusy);
  const isPlaying = useLab((lab) => lab.isPlaying);
  const branch = branchOf(timeline);
  const at = branch.findIndex(({ id }) => id === timeline.cursor.command);
  const shown = branch.slice(0, at + 1);
  const { host } = presentOf(timeline);
  const prompts = promptsOf(host);
  const nameOf = (id: string) =>
    prompts.find((each) => each.id === id)?.text ?? `${id.slice(0, 12)}#`;
  const last = shown.at(-1);
  const isOver = last === undefined || timeline.cursor.tick === last.moments.length;
  const { run, setPrompt } = useLab.getState();
  return (
    <section className="console" aria-label={t("lab:terminal.log")}>
      <Terminal
        entries={shown.map(({ id, ran }) => ({
          id,
          prompt: nameOf(ran.prompt),
          line: ran.line,
          output: id !== last?.id || isOver ? ran.output : [],
        }))}
        lines={branch.map(({ ran }) => ran.line)}
        prompts={prompts}
        prompt={prompt}
        isBusy={isBusy}
        note={isPlaying ? null : actingWords(t, actingAt(timeline))}
        onPrompt={setPrompt}
        onRun={(text) => void run(text)}
        complete={(line, cursor) => complete(host, prompt, line, cursor)}
      />
    </section>
  );
}
