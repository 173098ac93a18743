import { Autocomplete } from "@base-ui/react/autocomplete";
import { Dialog } from "@base-ui/react/dialog";
import { useDeferredValue, useRef, useState } from "react";
import type { LayerIndex } from "../../image/image.ts";
import type { Union } from "../../image/union/union.ts";
import { unionFor } from "../../state/analysis.ts";
import { useAppState } from "../../state/app-state.ts";
import { MOST_HITS, searchLayers } from "../../state/layer-search.ts";
import { foundIn, type SearchHit } from "../../state/search-hit.ts";
import { formatBytes } from "../text/format.ts";
import { layerRanges } from "../text/layer-ranges.ts";
import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";
import "../problems/problems.css";
import "./search.css";

/** A text to look for in every layer; each path found says where it is and leads there. */
export function SearchDialog({
  layers,
  onClose,
}: {
  readonly layers: readonly LayerIndex[];
  readonly onClose: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState("");
  const asked = useDeferredValue(text);
  const union = unionFor(layers);
  const found = searchLayers(union, asked);
  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="backdrop" />
        <Dialog.Popup className="dialog search" initialFocus={input}>
          <Autocomplete.Root
            open
            inline
            items={found.paths}
            filter={null}
            value={text}
            autoHighlight="always"
            onValueChange={(value, { reason }) => reason !== "item-press" && setText(value)}
          >
            <div className="dialog-head search-head">
              <Dialog.Title className="dialog-title">{t("explore:search.title")}</Dialog.Title>
              <Dialog.Close className="button">{t("close")}</Dialog.Close>
            </div>
            <Autocomplete.Input
              ref={input}
              className="path-input search-input"
              aria-label={t("explore:search.label")}
              placeholder={t("explore:search.placeholder")}
              spellCheck={false}
              autoComplete="off"
              autoCapitalize="off"
            />
            <p className="search-count" role="status">
              {count(words, asked, found)}
            </p>
            <Autocomplete.List className="search-hits" aria-label={t("explore:search.results")}>
              {(path: string) => <Hit key={path} path={path} union={union} onGo={onClose} />}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function count(
  { t, gap }: ReturnType<typeof useWords>,
  text: string,
  { paths, entries, layers }: ReturnType<typeof searchLayers>,
): string {
  if (text.trim() === "") return t("explore:search.hint");
  if (entries === 0) return t("explore:search.none");
  return [
    `${t("explore:search.found", { count: entries })}${gap}${t("explore:search.layers", { count: layers })}`,
    ...(paths.length === MOST_HITS ? [t("explore:search.first", { count: MOST_HITS })] : []),
  ].join(" · ");
}

function Hit({
  path,
  union,
  onGo,
}: {
  readonly path: string;
  readonly union: Union;
  readonly onGo: () => void;
}) {
  const semantics = useAppState((state) => state.semantics);
  const { language } = useWords();
  const hit = foundIn(union, path, semantics);
  const go = () => {
    const { selectLayer, selectMode, selectPath, lookAt, filterTree, showPanel } =
      useAppState.getState();
    filterTree("");
    if (hit.state === "seen") {
      selectLayer(null);
      selectMode("merged");
      selectPath(path);
    } else if (hit.state === "elsewhere") lookAt(hit.top, path, "layer");
    else lookAt(hit.by, path, "changes");
    showPanel("path");
    onGo();
  };
  return (
    <Autocomplete.Item className="search-hit" value={path} data-state={hit.state} onClick={go}>
      <span className="search-path">
        <Name of={path} />
      </span>
      <span className="search-size">
        {hit.bytes === null ? "" : formatBytes(hit.bytes, language)}
      </span>
      <span className="search-where">
        <Where hit={hit} />
      </span>
    </Autocomplete.Item>
  );
}

function Where({ hit }: { readonly hit: SearchHit }) {
  const { t } = useWords();
  const layers = layerRanges(hit.layers).join(t("events:list"));
  switch (hit.state) {
    case "seen":
      return t("explore:search.seen", { layers });
    case "hidden":
      return t("explore:search.hidden", { by: hit.by, layers });
    case "removed":
      return t("explore:search.removed", { by: hit.by });
    case "elsewhere":
      return t("explore:search.elsewhere", { layers });
  }
}
