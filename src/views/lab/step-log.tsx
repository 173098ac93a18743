import { memo, useState } from "react";
import { currentCommand } from "../../state/lab-timeline.ts";
import { useWords } from "../text/words.ts";
import { StepList } from "./step-list.tsx";
import { TranscriptButtons } from "./transcript-buttons.tsx";
import type { Scene } from "./use-staged.ts";

/** The sentences of the command, one a micro-step, and the session's to copy. Closed, a step costs it nothing. */
export const StepLog = memo(function StepLog({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const command = currentCommand(scene.timeline);
  if (!command) return null;
  return (
    <details className="lab-details" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("lab:log.title")}</summary>
      {isOpen && (
        <>
          <div className="lab-choices">
            <span className="lab-choice-name">{t("lab:transcript.title")}</span>
            <TranscriptButtons timeline={scene.timeline} />
          </div>
          <StepList scene={scene} command={command} />
        </>
      )}
    </details>
  );
});
