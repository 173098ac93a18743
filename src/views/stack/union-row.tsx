import { useUnionPaths } from "../../state/use-layers.ts";
import { useWords } from "../text/words.ts";

/** The view: dashed, without fill, for it is stored nowhere and is no branch. */
export function UnionRow({
  id,
  isChosen,
  choose,
}: {
  readonly id: string;
  readonly isChosen: boolean;
  readonly choose: () => void;
}) {
  const { t } = useWords();
  const paths = useUnionPaths();
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus and points here
    <div id={id} className="stack-union" role="option" aria-selected={isChosen} onClick={choose}>
      <strong>{t("explore:stack.union")}</strong>{" "}
      {paths !== null && <span>{t("explore:stack.paths", { count: paths })}</span>}
      <span className="stack-note">{t("explore:stack.unionDetail")}</span>
    </div>
  );
}
