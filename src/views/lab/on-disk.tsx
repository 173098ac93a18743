import { memo } from "react";
import { type DiskLine, diskTree } from "../../state/lab-disk.ts";
import { layerIdIn } from "../../state/lab-layers.ts";
import { useLab } from "../../state/lab-store.ts";
import type { Telling } from "../text/telling.ts";
import { useShared } from "../text/use-shared.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";

/** What lies in the driver's directory on the host: names as they are on disk, marks and temporary files too. */
export const OnDisk = memo(function OnDisk({ scene }: { readonly scene: Scene }) {
  const { staged, stage } = scene;
  const { chosen, input } = staged;
  const lines = useShared(chosen && input && stage ? diskTree(input, chosen.container) : null);
  return lines && <DiskLines lines={lines} telling={scene.telling} />;
});

function lastName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** Whether a name on disk is that of a name on the stage: its file, its directory or its whiteout. */
function isOf(onDisk: string, name: string): boolean {
  return onDisk.replace(/\/$/, "").replace(/^\.wh\./, "") === name;
}

const DiskLines = memo(function DiskLines({
  lines,
  telling,
}: {
  readonly lines: readonly DiskLine[];
  readonly telling: Telling;
}) {
  const { t } = useWords();
  const selected = useLab((lab) => lab.selected);
  const name = selected?.type === "path" ? lastName(selected.path) : null;
  const layer = selected?.type === "layer" ? layerIdIn(selected.directory) : null;
  return (
    <section
      className={telling.detail === 3 ? "lab-disk lab-disk-whole" : "lab-disk"}
      aria-label={t("lab:disk.title")}
    >
      <h2>{t("lab:disk.title")}</h2>
      <ul className="mono">
        {lines.map(({ depth, name: line, key, owner, note, count }) => (
          <li
            key={key}
            data-depth={depth}
            data-lit={
              depth === 2
                ? name !== null && isOf(line, name)
                : layer !== null && line.split("/")[1] === layer
            }
          >
            <span aria-hidden="true" className="lab-muted">
              {depth === 0 ? "" : `${"│ ".repeat(depth - 1)}├─ `}
            </span>
            <span title={visibleText(line)}>{telling.ids(visibleText(line))}</span>
            {owner !== null && <span className="lab-muted"> {visibleText(owner)}</span>}
            {note && (
              <span className="lab-muted">
                {" "}
                {note === "lines" || note === "more"
                  ? t(`lab:disk.${note}`, { count })
                  : t(`lab:disk.${note}`)}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
});
