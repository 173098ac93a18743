// biome-ignore-all lint/a11y/useSemanticElements: a table of 100,000 rows cannot be in the document
// biome-ignore-all lint/a11y/useFocusableInteractive: the treegrid has the focus and points at the row

import { memo } from "react";
import type { Translate } from "../../i18n/translator.ts";
import type { Mode } from "../../state/selection.ts";
import type { TreeModel } from "../../state/tree-model.ts";
import { extraOf, kindOf, type Row } from "../../tree/column-tree.ts";
import { ChangeMark, WhatChanged } from "../marks/change-mark.tsx";
import { Icon, type IconName } from "../marks/icons.tsx";
import { formatBytes, formatMode, formatTime } from "../text/format.ts";
import { layerRanges } from "../text/layer-ranges.ts";
import { Name } from "../text/name.tsx";

const KIND_ICONS = {
  dir: "folder",
  file: "file",
  symlink: "link",
  char: "device",
  block: "device",
  fifo: "device",
  socket: "device",
} as const satisfies Record<string, IconName>;

/** From here on the indentation may have no room left, so the level stands before the name. */
const DEEP = 12;

/** One row of the tree. Drawn anew only when it changes: scrolling moves thousands of them past. */
export const TreeRow = memo(function TreeRow({
  model,
  row,
  index,
  top,
  depth,
  bytes,
  isSelected,
  isMatch,
  isOpen,
  mode,
  differs,
  t,
  language,
}: {
  readonly model: TreeModel;
  readonly row: Row;
  readonly index: number;
  readonly top: number;
  readonly depth: number;
  readonly bytes: number;
  readonly isSelected: boolean;
  readonly isMatch: boolean;
  readonly isOpen: boolean;
  readonly mode: Mode;
  /** Whether the other reading of the layers shows something else here. */
  readonly differs: boolean;
  readonly t: Translate;
  readonly language: string;
}) {
  const { tree, row: at } = model.source(row);
  const kind = kindOf(tree, at);
  const { target, rdev } = extraOf(tree, at);
  const hasChildren = (model.childCount[row] ?? 0) > 0;
  const mark = model.mark(row);
  const time = formatTime(tree.mtime[at] ?? 0);
  const owner = `${tree.uid[at]}:${tree.gid[at]}`;
  return (
    <div
      id={`row-${row}`}
      className="tree-row tree-columns"
      role="row"
      aria-level={depth}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? isOpen : undefined}
      data-match={isMatch || undefined}
      data-mark={mark ?? undefined}
      style={{ transform: `translateY(${top}px)` }}
      data-index={index}
    >
      <span role="gridcell" className="tree-mark">
        {mark && <ChangeMark of={mark} t={t} />}
      </span>
      <span
        role="gridcell"
        className="tree-name"
        style={{ paddingInlineStart: `min(calc(${depth - 1} * var(--indent)), 50%)` }}
      >
        <span className="tree-twisty" aria-hidden="true">
          {hasChildren && <Icon name={isOpen ? "down" : "right"} />}
        </span>
        <span className="tree-kind" title={t(`explore:kind.${kind}`)}>
          <Icon name={KIND_ICONS[kind]} />
          <span className="unseen">{t(`explore:kind.${kind}`)}</span>
        </span>
        {depth > DEEP && (
          <span className="tree-depth" title={t("explore:tree.depth", { count: depth })}>
            {depth}
          </span>
        )}
        <span className="tree-text">
          <Name of={model.name(row)} />
          {target !== undefined && (
            <span className="tree-target">
              {" → "}
              <Name of={target} />
            </span>
          )}
        </span>
      </span>
      <span role="gridcell" className="tree-mode">
        {formatMode(kind, tree.mode[at] ?? 0)}
      </span>
      <span role="gridcell" className="tree-owner" title={owner}>
        {owner}
      </span>
      <span role="gridcell" className="tree-size">
        {rdev ? `${rdev[0]}, ${rdev[1]}` : formatBytes(bytes, language)}
      </span>
      <span role="gridcell" className="tree-time" title={`${time} UTC`}>
        {time.slice(0, 10)}
      </span>
      <span role="gridcell" className="tree-from">
        {mode === "changes" ? (
          <WhatChanged mark={mark} bits={model.what(row)} t={t} />
        ) : (
          <FromLayers layers={model.from(row)} t={t} />
        )}
        {differs && (
          <span className="tree-differs" title={t("explore:semantics.differsHere")}>
            {" "}
            <Icon name="warning" />
            <span className="unseen">{t("explore:semantics.differsHere")}</span>
          </span>
        )}
      </span>
    </div>
  );
});

/** "1 3–6": the layers that a row is from; the sentence has them all where the column cuts them. */
function FromLayers({ layers, t }: { readonly layers: readonly number[]; readonly t: Translate }) {
  const ranges = layerRanges(layers);
  const words = t("explore:tree.fromLayers", {
    count: layers.length,
    layers: ranges.join(t("events:list")),
  });
  return (
    <span className="tree-layers" title={words}>
      {ranges.join(" ")}
    </span>
  );
}
