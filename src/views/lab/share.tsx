import { Popover } from "@base-ui/react/popover";
import { useState } from "react";
import { plainSentence } from "../../i18n/event-sentence.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand } from "../../state/lab-timeline.ts";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";
import { momentLink } from "./moment-link.ts";
import { saveFile } from "./saved-file.ts";
import { rasterOf, stillOf } from "./still.ts";
import { TranscriptButtons } from "./transcript-buttons.tsx";
import type { Scene } from "./use-staged.ts";

/** Dots a unit of the drawing. */
const DENSITY = 2;

/** This moment for others: a link that rebuilds it, the picture, and what was done up to here. */
export function ShareMenu({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  return (
    <Popover.Root>
      <Popover.Trigger className="button lab-fold" aria-label={t("lab:share.button")}>
        <Icon name="share" /> <span className="lab-fold-word">{t("lab:share.short")}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Positioner className="popup-place" align="end" sideOffset={4}>
          <Popover.Popup className="popup lab-popup" aria-label={t("lab:share.button")}>
            <MomentLink />
            <div className="lab-choices">
              <span className="lab-choice-name">{t("lab:save.button")}</span>
              <SaveButton scene={scene} kind="svg" />
              <SaveButton scene={scene} kind="png" />
            </div>
            <div className="lab-choices">
              <span className="lab-choice-name">{t("lab:transcript.title")}</span>
              <TranscriptButtons timeline={scene.timeline} />
            </div>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

/** The link is made when it is asked for: what was typed, the place in time, and the hash that proves the state. */
function MomentLink() {
  const { t } = useWords();
  const [url] = useState(momentLink);
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

function SaveButton({ scene, kind }: { readonly scene: Scene; readonly kind: "svg" | "png" }) {
  const { t } = useWords();
  const save = async () => {
    const drawing = document.querySelector<SVGSVGElement>(".stage .stage-drawing");
    if (!drawing) return;
    const { timeline, caption } = scene;
    const line = currentCommand(timeline)?.ran.line ?? "";
    const { figure } = useLab.getState();
    const title = figure === null ? drawing.getAttribute("aria-label") : t(`lab:figure.${figure}`);
    const svg = stillOf(drawing, {
      title: `${title ?? ""}${line === "" ? "" : ` · ${line}`}`,
      narration: plainSentence(caption ?? t("lab:time.nothing")),
      link: momentLink() ?? location.href,
    });
    const blob =
      kind === "svg" ? new Blob([svg], { type: "image/svg+xml" }) : await rasterOf(svg, DENSITY);
    const { command, tick } = timeline.cursor;
    saveFile(`unionscope-${command ?? 0}.${tick}.${kind}`, blob);
  };
  return (
    <button type="button" className="button" onClick={() => void save()}>
      {t(`lab:save.${kind}`)}
    </button>
  );
}
