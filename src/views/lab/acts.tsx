import { useState } from "react";
import { useLab } from "../../state/lab-store.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { quoted } from "./quoted.ts";
import { moveBranch, promptOf, typedPath } from "./stage-panel.tsx";
import type { Scene } from "./use-staged.ts";

/** What can be done with the selected name. Every act is a command: it is typed at the prompt and run. */
export function Acts({ scene }: { readonly scene: Scene }) {
  const { t, gap } = useWords();
  const selected = useLab((lab) => lab.selected);
  const figure = useLab((lab) => lab.figure);
  const picture = useLab((lab) => lab.picture);
  const [editing, setEditing] = useState<"append" | "edit" | null>(null);
  const { stage, staged } = scene;
  const { chosen } = staged;
  if (!stage || !chosen) return null;
  if (figure)
    return (
      <div className="lab-acts lab-figure" role="note">
        <p>
          <strong>{t("lab:figureLead", { figure: t(`lab:figure.${figure}`) })}</strong>
          {gap}
          {t(`lab:figureNote.${figure}`)}
        </p>
        <button
          type="button"
          className="button"
          onClick={() => useLab.getState().choose({ figure: null })}
        >
          {t("close")}
        </button>
      </div>
    );
  if (picture !== "matrix") return <div className="lab-acts" />;
  if (!selected)
    return (
      <div className="lab-acts">
        <p className="lab-muted">{t("lab:act.none")}</p>
        <Bin />
      </div>
    );
  const { run } = useLab.getState();
  const path = typedPath(chosen, stage, selected.name);
  const column = stage.columns.find(({ name }) => name === selected.name);
  const isDirectory = column?.kind === "dir";
  const type = (line: string) => void run(line, promptOf(chosen));
  const name = visibleText(selected.name);
  const mount = chosen.container?.mountPath ?? chosen.id;
  const branch = selected.branch === null ? undefined : stage.rows[selected.branch];
  return (
    <div className="lab-acts" role="toolbar" aria-label={t("lab:act.label", { name })}>
      <strong className="mono">{name}</strong>
      <Act words={t("lab:act.why")} onDo={() => type(`why ${path}`)} />
      {isDirectory ? (
        <Act words={t("lab:act.list")} onDo={() => type(`ls ${path}`)} />
      ) : (
        <>
          <Act words={t("lab:act.open")} onDo={() => type(`cat ${path}`)} />
          <Act words={t("lab:act.append")} onDo={() => setEditing("append")} />
          <Act words={t("lab:act.edit")} onDo={() => setEditing("edit")} />
        </>
      )}
      <Act
        words={t("lab:act.remove")}
        onDo={() => type(isDirectory ? `rm -r ${path}` : `rm ${path}`)}
      />
      {branch && branch.branch > 0 && stage.isMounted && (
        <span
          className="lab-order"
          title={t("lab:act.reorder", { name: scene.telling.ids(branch.path) })}
        >
          {branch.branch > 1 && (
            <Act
              words={`↑ ${t("lab:act.up")}`}
              onDo={() => void run(moveBranch(branch, branch.branch - 1, mount), "host")}
            />
          )}
          {branch.branch < stage.rows.length - 1 && (
            <Act
              words={`↓ ${t("lab:act.down")}`}
              onDo={() => void run(moveBranch(branch, branch.branch + 1, mount), "host")}
            />
          )}
        </span>
      )}
      <Bin />
      {editing && (
        <form
          className="lab-edit"
          onSubmit={(event) => {
            event.preventDefault();
            const text = String(new FormData(event.currentTarget).get("text") ?? "");
            type(`echo ${quoted(text)} ${editing === "append" ? ">>" : ">"} ${path}`);
            setEditing(null);
          }}
        >
          <input name="text" aria-label={t("lab:act.text", { name })} autoComplete="off" />
          <button type="submit" className="button">
            {t("lab:act.save")}
          </button>
        </form>
      )}
    </div>
  );
}

function Act({ words, onDo }: { readonly words: string; readonly onDo: () => void }) {
  return (
    <button type="button" className="button mono" onClick={onDo}>
      {words}
    </button>
  );
}

/** Where a name can be dropped; what it does is `rm`, and the button beside says so. */
function Bin() {
  const { t } = useWords();
  return (
    <span className="lab-bin" data-bin title={t("lab:stage.binDetail")}>
      {t("lab:stage.bin")}
    </span>
  );
}
