import { diskTree } from "../../state/lab-disk.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";

/** What lies in the driver's directory on the host: names as they are on disk, marks and temporary files too. */
export function OnDisk({ scene }: { readonly scene: Scene }) {
  const { t } = useWords();
  const { staged, stage } = scene;
  const { chosen, input } = staged;
  if (!chosen || !input || !stage) return null;
  const lines = diskTree(input, chosen.container);
  return (
    <section className="lab-disk" aria-label={t("lab:disk.title")}>
      <h2>{t("lab:disk.title")}</h2>
      <ul className="mono">
        {lines.map(({ depth, name, key, note, count }) => (
          <li key={key} data-depth={depth}>
            <span aria-hidden="true" className="lab-muted">
              {depth === 0 ? "" : `${"│ ".repeat(depth - 1)}├─ `}
            </span>
            {visibleText(name)}
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
}
