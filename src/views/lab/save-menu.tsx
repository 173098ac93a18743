import { Menu } from "@base-ui/react/menu";
import { plainSentence } from "../../i18n/event-sentence.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand } from "../../state/lab-timeline.ts";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";
import { momentLink } from "./moment-link.ts";
import { rasterOf, stillOf } from "./still.ts";
import type { Scene } from "./use-staged.ts";

/** Dots a unit of the drawing. */
const DENSITY = 2;

/** The picture of this moment as a file. */
export function SaveMenu({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const save = async (kind: "svg" | "png") => {
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
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `unionscope-${command ?? 0}.${tick}.${kind}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };
  return (
    <Menu.Root>
      <Menu.Trigger className="button">
        {t("lab:save.button")} <Icon name="down" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="popup-place" align="end" sideOffset={4}>
          <Menu.Popup className="menu">
            <Menu.Item className="menu-item" onClick={() => void save("svg")}>
              {t("lab:save.svg")}
            </Menu.Item>
            <Menu.Item className="menu-item" onClick={() => void save("png")}>
              {t("lab:save.png")}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
