import { useState } from "react";
import { useLab } from "../../state/lab-store.ts";
import type { Timeline } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";
import { momentLink } from "./moment-link.ts";
import { saveFile } from "./saved-file.ts";
import { transcriptOf } from "./transcript.ts";

/** The session up to here as Markdown, to copy or to keep. */
export function TranscriptButtons({ timeline }: { readonly timeline: Timeline }) {
  const { t, language } = useWords();
  const [copied, setCopied] = useState<Timeline | null>(null);
  const written = () => transcriptOf(t, timeline, useLab.getState().detail, language, momentLink());
  const copy = async () => {
    await navigator.clipboard.writeText(written());
    setCopied(timeline);
  };
  const save = () => {
    const { command, tick } = timeline.cursor;
    const content = new Blob([written()], { type: "text/markdown" });
    saveFile(`unionscope-${command ?? 0}.${tick}.md`, content);
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void copy().catch(() => {})}>
        <span role="status">
          {t(copied === timeline ? "lab:transcript.copied" : "lab:transcript.copy")}
        </span>
      </button>
      <button type="button" className="button" onClick={save}>
        {t("lab:transcript.save")}
      </button>
    </>
  );
}
