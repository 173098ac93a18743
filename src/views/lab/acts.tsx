import { memo, useState } from "react";
import { layerIdIn } from "../../state/lab-layers.ts";
import { useLab } from "../../state/lab-store.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { shortPath } from "./narration.ts";
import { quoted } from "./quoted.ts";
import { moveBranch, promptOf, selectedName, typedPath } from "./stage-panel.tsx";
import { Touches } from "./touches.tsx";
import type { Scene } from "./use-staged.ts";

/** What can be done with the selected name. Every act is a command: it is typed at the prompt and run. */
export const Acts = memo(function Acts({ scene }: { readonly scene: Scene }) {
  const { t, gap } = useWords();
  const selected = useLab((lab) => lab.selected);
  const figure = useLab((lab) => lab.figure);
  const picture = useLab((lab) => lab.picture);
  const isForetelling = useLab((lab) => lab.question !== null || lab.foretold !== null);
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
  if (isForetelling && !selected) return null;
  if (selected?.type === "layer") return <LayerActs scene={scene} directory={selected.directory} />;
  const name = selectedName(selected, stage);
  if (!selected || !name)
    return (
      <div className="lab-acts">
        {selected ? (
          <>
            <strong className="mono">{visibleText(selected.path)}</strong>
            <Touches scene={scene} name={visibleText(selected.path)} />
          </>
        ) : (
          <p className="lab-muted">{t("lab:act.none")}</p>
        )}
        <Bin />
      </div>
    );
  const { run } = useLab.getState();
  const path = typedPath(chosen, stage, name.name);
  const column = stage.columns.find((each) => each.name === name.name);
  const isDirectory = column?.kind === "dir";
  const type = (line: string) => void run(line, promptOf(chosen));
  const shown = visibleText(name.name);
  const mount = chosen.container?.mountPath ?? chosen.id;
  const branch = selected.branch === null ? undefined : stage.rows[selected.branch];
  return (
    <div className="lab-acts" role="toolbar" aria-label={t("lab:act.label", { name: shown })}>
      <strong className="mono">{shown}</strong>
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
      <Touches scene={scene} name={shown} />
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
          <input name="text" aria-label={t("lab:act.text", { name: shown })} autoComplete="off" />
          <button type="submit" className="button">
            {t("lab:act.save")}
          </button>
        </form>
      )}
    </div>
  );
});

/** What can be done with a selected branch. */
function LayerActs({ scene, directory }: { readonly scene: Scene; readonly directory: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState<string | null>(null);
  const { names, telling } = scene;
  const id = layerIdIn(directory);
  const shown = names.get(directory) ?? shortPath(directory, telling);
  const type = (line: string) => void useLab.getState().run(line, "host");
  const isAufs = /\/aufs\/diff\//.test(directory);
  return (
    <div className="lab-acts" role="toolbar" aria-label={t("lab:act.label", { name: shown })}>
      <strong className="mono">{visibleText(shown)}</strong>
      {id !== null && (
        <>
          <span className="mono lab-muted lab-acts-id" title={directory}>
            {telling.ids(id)}
          </span>
          <Act
            words={t(copied === id ? "lab:touch.copied" : "lab:touch.copyId")}
            onDo={() => void navigator.clipboard.writeText(id).then(() => setCopied(id))}
          />
        </>
      )}
      <Act words={t("lab:act.list")} onDo={() => type(`ls ${quoted(directory)}`)} />
      {id !== null && isAufs && (
        <Act
          words={t("lab:touch.layersFile")}
          onDo={() => type(`cat ${quoted(directory.replace(/\/diff\/[^/]*$/, `/layers/${id}`))}`)}
        />
      )}
      <Touches scene={scene} name={visibleText(shown)} />
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
