import { memo } from "react";
import { useLab } from "../../state/lab-store.ts";
import { useWords } from "../text/words.ts";

/** The buttons that walk by micro-steps. */
export const Controls = memo(function Controls() {
  const { t } = useWords();
  const isPlaying = useLab((lab) => lab.isPlaying);
  const predicts = useLab((lab) => lab.predicts);
  const { play, pause, seek, stepBack, stepForward } = useLab.getState();
  return (
    <div className="timeline-controls">
      <button
        type="button"
        className="button"
        aria-label={t("lab:time.toStart")}
        onClick={() => seek({ command: null, tick: 0 })}
      >
        <span aria-hidden="true">|◀</span>
      </button>
      <button type="button" className="button" aria-label={t("lab:time.back")} onClick={stepBack}>
        <span aria-hidden="true">◀ {t("lab:time.backShort")}</span>
      </button>
      <button
        type="button"
        className="button timeline-play"
        onClick={isPlaying ? pause : play}
        aria-pressed={isPlaying}
        aria-label={isPlaying ? t("lab:time.pause") : t("lab:time.play")}
      >
        <span aria-hidden="true">{isPlaying ? "❚❚" : "▶"}</span>
      </button>
      <button type="button" className="button" aria-label={t("lab:time.on")} onClick={stepForward}>
        <span aria-hidden="true">{t("lab:time.onShort")} ▶</span>
      </button>
      <button
        type="button"
        className="button timeline-predict"
        aria-pressed={predicts}
        title={t("lab:predict.switchDetail")}
        onClick={() => useLab.getState().set({ predicts: !predicts })}
      >
        {t("lab:predict.switch")}
      </button>
    </div>
  );
});
