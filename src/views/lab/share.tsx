import { Popover } from "@base-ui/react/popover";
import { memo, useRef, useState } from "react";
import { useLab } from "../../state/lab-store.ts";
import { FilmDialog } from "../film/film-dialog.tsx";
import { Icon } from "../marks/icons.tsx";
import type { StageSpace } from "../stage/layout.ts";
import { useWords } from "../text/words.ts";
import { momentLink } from "./moment-link.ts";
import { saveFile } from "./saved-file.ts";
import { rasterOf, sheetFor, stillOf } from "./still.ts";
import { stillWords } from "./still-words.ts";
import { TranscriptButtons } from "./transcript-buttons.tsx";
import type { Scene } from "./use-staged.ts";

/** Dots a unit of the drawing. */
const DENSITY = 2;

/** This moment for others: a link that rebuilds it, the picture, a film, and what was done up to here. */
export const ShareMenu = memo(function ShareMenu({
  sceneNow,
  space,
}: {
  /** The scene at the moment of a press: the menu itself hears of no step. */
  readonly sceneNow: () => Scene | null;
  readonly space: StageSpace;
}) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  const [filmed, setFilmed] = useState<Scene | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger ref={opener} className="button lab-fold" aria-label={t("lab:share.button")}>
        <Icon name="share" /> <span className="lab-fold-word">{t("lab:share.short")}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="popup-place" align="end" sideOffset={4}>
          <Popover.Popup className="popup lab-popup" aria-label={t("lab:share.button")}>
            <MomentLink />
            <div className="lab-choices">
              <span className="lab-choice-name">{t("lab:save.button")}</span>
              <SaveButton sceneNow={sceneNow} kind="svg" />
              <SaveButton sceneNow={sceneNow} kind="png" />
            </div>
            <div className="lab-choices">
              <span className="lab-choice-name">{t("lab:film.title")}</span>
              <button
                type="button"
                className="button"
                onClick={() => {
                  useLab.getState().pause();
                  setOpen(false);
                  setFilmed(sceneNow());
                }}
              >
                {t("lab:film.open")}
              </button>
            </div>
            <div className="lab-choices">
              <span className="lab-choice-name">{t("lab:transcript.title")}</span>
              <Transcript />
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
      {filmed && (
        <FilmDialog scene={filmed} {...{ space, opener }} onClose={() => setFilmed(null)} />
      )}
    </Popover.Root>
  );
});

function Transcript() {
  const timeline = useLab((lab) => lab.timeline);
  return timeline && <TranscriptButtons timeline={timeline} />;
}

/** The link is made when it is asked for: what was typed, the place in time, and the hash that proves the state. */
function MomentLink() {
  const { t } = useWords();
  const [url] = useState(() => momentLink());
  const [isCopied, setCopied] = useState(false);
  if (url === null) return null;
  const copy = () =>
    navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      () => setCopied(false),
    );
  return (
    <div>
      <p>{t("lab:share.detail")}</p>
      <div className="lab-link">
        <input
          readOnly
          className="mono"
          value={url}
          aria-label={t("lab:share.link")}
          onFocus={(event) => event.currentTarget.select()}
        />
        <button type="button" className="button" onClick={() => void copy()}>
          <span role="status">{t(isCopied ? "lab:share.copied" : "lab:share.copy")}</span>
        </button>
      </div>
    </div>
  );
}

function SaveButton({
  sceneNow,
  kind,
}: {
  readonly sceneNow: () => Scene | null;
  readonly kind: "svg" | "png";
}) {
  const { t } = useWords();
  const save = async () => {
    const drawing = document.querySelector<SVGSVGElement>(".stage .stage-drawing");
    const scene = sceneNow();
    if (!drawing || !scene) return;
    const picture = drawing.getAttribute("aria-label") ?? "";
    const words = stillWords(t, scene, picture, momentLink() ?? location.href);
    const sheet = sheetFor(drawing, words);
    const svg = stillOf(drawing, words, sheet);
    const blob =
      kind === "svg"
        ? new Blob([svg], { type: "image/svg+xml" })
        : await rasterOf(svg, sheet, DENSITY);
    const { command, tick } = scene.timeline.cursor;
    saveFile(`unionscope-${command ?? 0}.${tick}.${kind}`, blob);
  };
  return (
    <button type="button" className="button" onClick={() => void save()}>
      {t(`lab:save.${kind}`)}
    </button>
  );
}
