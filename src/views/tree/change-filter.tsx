import { CHANGES } from "../../image/union/changes.ts";
import { useAppState } from "../../state/app-state.ts";
import { marksIn } from "../../state/shown-tree.ts";
import type { TreeModel } from "../../state/tree-model.ts";
import { ChangeMark } from "../marks/change-mark.tsx";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";

/** Each kind of change that the layer makes, with its sign, its word and its number; a press leaves it out; and the rest of the tree. */
export function ChangeFilter({ model }: { readonly model: TreeModel }) {
  const { t, language } = useWords();
  const hidden = useAppState((state) => state.hiddenChanges);
  const toggleChange = useAppState((state) => state.toggleChange);
  const counts = marksIn(model);
  const kinds = CHANGES.filter((change) => (counts.get(change) ?? 0) > 0);
  return (
    <fieldset className="change-filter">
      <legend className="unseen">{t("explore:tree.filterChanges")}</legend>
      {kinds.map((change) => (
        <button
          key={change}
          type="button"
          className="change-toggle"
          aria-pressed={!hidden.has(change)}
          onClick={() => toggleChange(change)}
        >
          <span aria-hidden="true">
            <ChangeMark of={change} t={t} />
          </span>
          <span>
            {new Intl.NumberFormat(language).format(counts.get(change) ?? 0)}{" "}
            {t(`explore:change.${change}`)}
          </span>
        </button>
      ))}
      <button
        type="button"
        className="change-toggle change-whole"
        aria-pressed={!hidden.has("unchanged")}
        onClick={() => toggleChange("unchanged")}
      >
        <Icon name="folder" />
        <span>{t("explore:tree.wholeTree")}</span>
      </button>
    </fieldset>
  );
}
