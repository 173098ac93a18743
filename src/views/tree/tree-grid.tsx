// biome-ignore-all lint/a11y/useSemanticElements: a table of 100,000 rows cannot be in the document
// biome-ignore-all lint/a11y/useFocusableInteractive: the treegrid has the focus and points at the row
import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type MouseEvent, useEffect, useRef } from "react";
import { useAppState } from "../../state/app-state.ts";
import type { Mode } from "../../state/selection.ts";
import { matchesOf, sizesOf, visibleRows } from "../../state/shown-tree.ts";
import { modelPath, modelRowAt, type TreeModel } from "../../state/tree-model.ts";
import type { VisibleRows } from "../../state/visible-rows.ts";
import { useWords } from "../text/words.ts";
import { treeMove, typedLetter } from "./tree-keys.ts";
import { TreeRow } from "./tree-row.tsx";

const ROW_HEIGHT = 26;

/** A tree of any size: only the rows in sight are in the document. Keys as the ARIA treegrid pattern has them. */
export function TreeGrid({
  model,
  mode,
  layer,
  differs,
}: {
  readonly model: TreeModel;
  readonly mode: Mode;
  readonly layer: number;
  /** By row: 1 where the other reading shows something else; null when nothing is known. */
  readonly differs: Uint8Array | null;
}) {
  const { t, language } = useWords();
  const sortBy = useAppState((state) => state.sortBy);
  const isReversed = useAppState((state) => state.isReversed);
  const toggled = useAppState((state) => state.toggled);
  const isOpenByDefault = useAppState((state) => state.isOpenByDefault);
  const filter = useAppState((state) => state.filter);
  const hiddenChanges = useAppState((state) => state.hiddenChanges);
  const path = useAppState((state) => state.path);
  const selectPath = useAppState((state) => state.selectPath);
  const toggleDirectory = useAppState((state) => state.toggleDirectory);
  const scroller = useRef<HTMLDivElement>(null);
  const typed = useRef({ text: "", at: 0 });

  const matches = matchesOf(model, filter, mode, hiddenChanges);
  const shown = visibleRows(model, matches, sortBy, isReversed, toggled, isOpenByDefault);
  const sizes = sizesOf(model);
  const selected = path === null ? -1 : modelRowAt(model, path);
  const at = selected > 0 ? shown.rows.indexOf(selected) : -1;

  const virtual = useVirtualizer({
    count: shown.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollPaddingStart: ROW_HEIGHT + 4,
  });

  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [at, virtual]);

  const isOpen = (index: number) => (shown.depth[index + 1] ?? 0) > (shown.depth[index] ?? 0);
  const hasChildren = (index: number) => (model.childCount[shown.rows[index] ?? 0] ?? 0) > 0;
  const toggle = (index: number, open: boolean) => {
    const row = shown.rows[index];
    if (row !== undefined) toggleDirectory(modelPath(model, row), open);
  };
  const select = (index: number) => {
    const row = shown.rows[index];
    if (row !== undefined) selectPath(modelPath(model, row));
  };

  const onClick = (event: MouseEvent) => {
    const index = indexAt(event);
    if (index === null) return;
    const onTwisty = event.target instanceof Element && event.target.closest(".tree-twisty");
    if (onTwisty && hasChildren(index)) toggle(index, !isOpen(index));
    else select(index);
  };
  const onDoubleClick = (event: MouseEvent) => {
    const index = indexAt(event);
    const onTwisty = event.target instanceof Element && event.target.closest(".tree-twisty");
    if (index !== null && !onTwisty && hasChildren(index)) toggle(index, !isOpen(index));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== scroller.current || event.nativeEvent.isComposing) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const move = treeMove(event.key, {
      at,
      page,
      shown,
      isOpen,
      hasChildren,
    });
    const letter = typedLetter(event.key);
    if (move) {
      event.preventDefault();
      if (move.type === "go") select(move.to);
      else toggle(move.at, move.open);
    } else if (letter !== null) {
      const now = event.timeStamp;
      const text = now - typed.current.at < 700 ? typed.current.text + letter : letter;
      typed.current = { text, at: now };
      const found = findName(model, shown, at, text);
      if (found >= 0) select(found);
    }
  };

  return (
    <div
      ref={scroller}
      className="tree-grid"
      data-mode={mode}
      role="treegrid"
      tabIndex={0}
      aria-labelledby="tree-title"
      aria-rowcount={shown.length + 1}
      aria-activedescendant={at >= 0 ? `row-${selected}` : undefined}
      onKeyDown={onKeyDown}
    >
      <TreeHead mode={mode} />
      {shown.length === 0 && (
        <p className="tree-nothing">
          {matches
            ? t("explore:tree.noMatch")
            : t(mode === "changes" ? "explore:tree.nothingChanged" : "explore:tree.empty", {
                k: layer,
              })}
        </p>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid around it has the keys */}
      <div
        className="tree-body"
        role="rowgroup"
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        style={{ blockSize: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = shown.rows[index] ?? 0;
          return (
            <TreeRow
              key={row}
              model={model}
              row={row}
              index={index}
              top={start}
              depth={shown.depth[index] ?? 1}
              bytes={sizes[row] ?? 0}
              isSelected={row === selected}
              isMatch={filter.trim() !== "" && matches?.[row] === 1}
              mode={mode}
              differs={differs?.[row] === 1}
              isOpen={isOpen(index)}
              t={t}
              language={language}
            />
          );
        })}
      </div>
    </div>
  );
}

function TreeHead({ mode }: { readonly mode: Mode }) {
  const { t } = useWords();
  return (
    <div className="tree-head tree-columns" role="row" aria-rowindex={1}>
      <span role="columnheader" className="tree-mark">
        <span className="unseen">{t("explore:tree.change")}</span>
      </span>
      <SortHead by="name" words={t("explore:tree.name")} />
      <span role="columnheader" className="tree-mode">
        {t("explore:tree.permissions")}
      </span>
      <span role="columnheader" className="tree-owner">
        {t("explore:tree.owner")}
      </span>
      <SortHead by="size" words={t("explore:tree.size")} />
      <span role="columnheader" className="tree-time">
        {t("explore:tree.modified")}
      </span>
      <span role="columnheader" className="tree-from">
        {t(mode === "changes" ? "explore:tree.what" : "explore:tree.from")}
      </span>
    </div>
  );
}

function SortHead({ by, words }: { readonly by: "name" | "size"; readonly words: string }) {
  const isSorted = useAppState((state) => state.sortBy === by);
  const isReversed = useAppState((state) => state.isReversed);
  const sortTree = useAppState((state) => state.sortTree);
  const isAscending = (by === "name") !== isReversed;
  return (
    <span
      role="columnheader"
      className={`tree-${by}`}
      aria-sort={isSorted ? (isAscending ? "ascending" : "descending") : "none"}
    >
      <button type="button" className="tree-sort" onClick={() => sortTree(by)}>
        {words}
        <span aria-hidden="true">{isSorted ? (isAscending ? " ↑" : " ↓") : ""}</span>
      </button>
    </span>
  );
}

/** The index of the row under the pointer. */
function indexAt({ target }: MouseEvent): number | null {
  const row = target instanceof Element ? target.closest("[data-index]") : null;
  return row ? Number(row.getAttribute("data-index")) : null;
}

/** The next row below `at` whose name begins with the text, going round. */
function findName(model: TreeModel, shown: VisibleRows, at: number, text: string): number {
  const from = text.length > 1 ? Math.max(at, 0) : at + 1;
  for (let i = 0; i < shown.length; i++) {
    const index = (from + i) % shown.length;
    if (
      model
        .name(shown.rows[index] ?? 0)
        .toLowerCase()
        .startsWith(text)
    )
      return index;
  }
  return -1;
}
