import { useAppState } from "../../state/app-state.ts";
import { currentLayer } from "../../state/current.ts";
import { MODES } from "../../state/selection.ts";
import { treeModel } from "../../state/shown-tree.ts";
import { useContentHashes, useReadLayers } from "../../state/use-layers.ts";
import { Segmented } from "../marks/segmented.tsx";
import { layerRanges } from "../text/layer-ranges.ts";
import { useWords } from "../text/words.ts";
import { ChangeFilter } from "./change-filter.tsx";
import { TreeGrid } from "./tree-grid.tsx";
import "./tree.css";

/** Only changes compare contents: other trees do not wait for hashes. */
const NO_HASHES = [] as const;

/** The tree of the chosen layer, in one of three readings, with what narrows it down. */
export function TreePanel() {
  const { t } = useWords();
  const layers = useReadLayers();
  const hashes = useContentHashes();
  const layer = useAppState(currentLayer);
  const mode = useAppState((state) => state.mode);
  const semantics = useAppState((state) => state.semantics);
  const filter = useAppState((state) => state.filter);
  const selectMode = useAppState((state) => state.selectMode);
  const filterTree = useAppState((state) => state.filterTree);
  const upto = mode === "merged" && layers.length > 0 ? Math.min(layer, layers.length) : layer;
  const rows = useAppState(({ hiddenChanges }) =>
    mode === "changes" && !hiddenChanges.has("unchanged") ? "all" : "changed",
  );
  const compared = mode === "changes" ? hashes : NO_HASHES;
  const model = treeModel(layers, compared, upto, mode, semantics, rows);
  const from = mode === "layer" ? upto - 1 : 0;
  const short = layers
    .slice(from, upto)
    .flatMap(({ failure }, i) => (failure ? [from + i + 1] : []));
  const differences = useAppState((state) => state.differences);
  const isWhole = mode === "merged" && layer === layers.length;
  const shown = semantics === "docker" ? "dockerDiffers" : "ociDiffers";
  const differs = differences && isWhole ? differences[shown] : null;
  return (
    <section className="tree" aria-labelledby="tree-title">
      <h2 id="tree-title" className="unseen">
        {t("explore:tree.title")}
      </h2>
      <div className="tree-tools">
        <Segmented
          label={t("explore:tree.mode")}
          value={mode}
          onChange={selectMode}
          choices={MODES.map((value) => ({
            value,
            words:
              value === "merged" && layer === 1
                ? t("explore:tree.alone")
                : t(`explore:tree.${value}`, { k: layer }),
            detail: t(`explore:tree.${value}Detail`, { k: layer }),
          }))}
        />
        <input
          className="tree-filter"
          type="search"
          value={filter}
          placeholder={t("explore:tree.filterShort")}
          title={t("explore:tree.filter")}
          aria-label={t("explore:tree.filter")}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => filterTree(event.currentTarget.value)}
        />
      </div>
      {model && upto < layer && (
        <p className="tree-partly">{t("explore:tree.partly", { upto, k: layer })}</p>
      )}
      {model && short.length > 0 && (
        <p className="tree-partly">
          {t("explore:tree.without", {
            count: short.length,
            layers: layerRanges(short).join(t("events:list")),
          })}
        </p>
      )}
      {model && mode === "changes" && <ChangeFilter model={model} />}
      {model ? (
        <TreeGrid model={model} mode={mode} layer={layer} differs={differs} />
      ) : (
        <p className="tree-nothing">{t("explore:tree.waiting", { k: layer })}</p>
      )}
    </section>
  );
}
