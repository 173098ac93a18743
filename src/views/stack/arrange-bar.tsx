import { useRef } from "react";
import { useAppState } from "../../state/app-state.ts";
import type { OpenArchive } from "../../state/archives.ts";
import type { Arrangement } from "../../state/arranging.ts";
import type { GivenFile } from "../../state/reader.ts";
import { Icon, type IconName } from "../marks/icons.tsx";
import { chooseFiles, FileInput } from "../opening/file-input.tsx";
import { shortText, visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";

/** What can be done to the order of bare layers: buttons for the chosen one, and who said the order so far. */
export function ArrangeBar({
  archive,
  names,
  chosen,
  move,
}: {
  readonly archive: OpenArchive;
  /** Of the layers, base first. */
  readonly names: readonly string[];
  /** From 1; null when no layer is chosen. */
  readonly chosen: number | null;
  readonly move: (k: number, to: number) => void;
}) {
  const { t } = useWords();
  const removeLayer = useAppState((state) => state.removeLayer);
  const isAlone = names.length < 2;
  const name = chosen === null ? null : visibleText(names[chosen - 1] ?? "");
  return (
    <div className="arrange">
      <fieldset className="arrange-buttons" aria-label={t("explore:arrange.label")}>
        {!isAlone && (
          <>
            <Deed
              icon="raise"
              words={t("explore:arrange.up")}
              detail={name === null ? null : t("explore:arrange.upDetail", { name })}
              act={
                chosen === null || chosen === names.length ? null : () => move(chosen, chosen + 1)
              }
            />
            <Deed
              icon="lower"
              words={t("explore:arrange.down")}
              detail={name === null ? null : t("explore:arrange.downDetail", { name })}
              act={chosen === null || chosen === 1 ? null : () => move(chosen, chosen - 1)}
            />
            <Deed
              icon="cross"
              words={t("explore:arrange.remove")}
              detail={name === null ? null : t("explore:arrange.removeDetail", { name })}
              act={chosen === null ? null : () => removeLayer(chosen)}
            />
          </>
        )}
        <AddLayers />
      </fieldset>
      <p id="arrange-hint" className="arrange-hint">
        {isAlone
          ? t("explore:arrange.alone")
          : t("explore:arrange.hint", {
              who: t(`explore:arrange.${archive.order}`),
              how: t("explore:arrange.how"),
            })}
      </p>
      <Aside archive={archive} />
      <Told />
    </div>
  );
}

/** What was taken out last, and the way back. */
function Aside({ archive }: { readonly archive: OpenArchive }) {
  const { t } = useWords();
  const restoreLayer = useAppState((state) => state.restoreLayer);
  const last = archive.aside.at(-1);
  if (!last) return null;
  const name = visibleText(last.name);
  return (
    <div className="arrange-aside">
      <span className="arrange-taken">
        {t("explore:arrange.aside", { name: shortText(last.name) })}
      </span>
      <button
        type="button"
        className="button"
        aria-label={t("explore:arrange.undoDetail", { name })}
        title={t("explore:arrange.undoDetail", { name })}
        onClick={({ currentTarget }) => {
          // With the last one back the button goes: the focus stays in the stack.
          if (archive.aside.length === 1)
            currentTarget.closest(".stack")?.querySelector<HTMLElement>(".stack-list")?.focus();
          restoreLayer();
        }}
      >
        {t("explore:arrange.undo")}
      </button>
    </div>
  );
}

/** A button that stays where it is, and keeps the focus, when there is nothing for it to do. */
function Deed({
  icon,
  words,
  detail,
  act,
}: {
  readonly icon: IconName;
  readonly words: string;
  /** With the layer's name; null when none is chosen. */
  readonly detail: string | null;
  readonly act: (() => void) | null;
}) {
  const { t } = useWords();
  return (
    <button
      type="button"
      className="button"
      aria-disabled={act === null}
      aria-label={detail ?? `${words}: ${t("explore:arrange.chooseFirst")}`}
      title={detail ?? t("explore:arrange.chooseFirst")}
      onClick={() => act?.()}
    >
      <Icon name={icon} />
      <span className="arrange-word">{words}</span>
    </button>
  );
}

function AddLayers() {
  const { t } = useWords();
  const openFiles = useAppState((state) => state.openFiles);
  const input = useRef<HTMLInputElement>(null);
  const add = (given: readonly GivenFile[]) =>
    void openFiles(given, { isByHand: true, isOnTop: true });
  return (
    <>
      <button
        type="button"
        className="button"
        title={t("explore:arrange.addDetail")}
        onClick={() => void chooseFiles({ ref: input, onFiles: add })}
      >
        <Icon name="plus" />
        {t("explore:arrange.add")}
      </button>
      <FileInput ref={input} label={t("explore:arrange.addDetail")} onFiles={add} />
    </>
  );
}

/** What was done, for those who do not see it. */
function Told() {
  const { t } = useWords();
  const arrangement = useAppState((state) => state.arrangement);
  const sentence = ({ name, ...rest }: Arrangement) =>
    rest.type === "removed"
      ? t("explore:arrange.removed", { name: visibleText(name), count: rest.count })
      : t(`explore:arrange.${rest.type}`, { ...rest, name: visibleText(name) });
  return (
    <p className="unseen" role="status">
      {arrangement && sentence(arrangement)}
    </p>
  );
}
