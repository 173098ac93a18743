import { linkHorizontal } from "d3-shape";
import { useState } from "react";
import type { LayerFacts } from "../../state/lab-layers.ts";
import { firstFitting, fitted } from "../stage/fitted.ts";
import { type Box, letterWidth, type StageSpace } from "../stage/layout.ts";
import type { Telling } from "../text/telling.ts";
import { useWords } from "../text/words.ts";
import { Figure } from "./figure.tsx";
import { type LayersLayout, layOutLayers } from "./layers-layout.ts";
import { Pressable } from "./pressable.tsx";

interface LayersPictureProps {
  readonly kind: "branches" | "metadata" | "parents";
  readonly layers: readonly LayerFacts[];
  /** Where the union is mounted, and whether it is now. */
  readonly mount: { readonly path: string; readonly isMounted: boolean };
  readonly space: StageSpace;
  readonly label: string;
  readonly telling: Telling;
  /** The directory of the selected branch; null: none is. */
  readonly selected: string | null;
  readonly onSelect: (directory: string) => void;
}

/** One stack from the side: its directories on disk, the files that say how it is stacked, or who is whose parent. */
export function LayersPicture({ kind, layers, mount, space, label, ...rest }: LayersPictureProps) {
  const { t } = useWords();
  const first = layers.find(({ part }) => part === "image")?.id ?? "";
  const [file, setFile] = useState<string | null>(null);
  const { telling, selected, onSelect } = rest;
  const [pointed, setPointed] = useState<string | null>(null);
  const lit = pointed ?? layers.find(({ path }) => path === selected)?.id ?? null;
  const select = (id: string) => {
    const path = layers.find((layer) => layer.id === id)?.path;
    if (path !== undefined) onSelect(path);
  };
  const layout = layOutLayers(layers, space);
  const shownFile = layers.find(({ id }) => id === file)?.id ?? first;
  const letter = letterWidth(space);
  return (
    <Figure picture={kind} size={layout} isLarge={space.isLarge} label={label}>
      <ViewSlab {...{ layout, mount, kind, telling }} />
      {layout.rows.map((row) => {
        if (row.type === "fold")
          return (
            <g key="fold">
              <rect className="stage-row-fold" {...row.box} rx="6" />
              <text className="stage-muted stage-middle" {...middleOf(row.box)}>
                {t("lab:figurePart.fold", { count: row.count })}
              </text>
            </g>
          );
        const layer = layers[row.at];
        if (!layer) return null;
        const { box, bar } = row;
        const middle = box.y + box.height / 2;
        const id = telling.ids(layer.id);
        const size = firstFitting(telling.sizes(layer.bytes), box.width - 24 - 10 * letter, letter);
        const shownLabel = fitted(layer.label, box.x - 20, 7.4);
        const shownId = fitted(id, box.width - size.length * letter - 24, letter);
        const words = (
          <>
            <text className="stage-strong" x={layout.isNarrow ? 4 : 16} y={middle}>
              {`${shownLabel} `}
            </text>
            <rect className="figure-slab" {...box} rx="6" />
            <rect
              className="figure-bar"
              x={box.x}
              y={box.y + box.height - 6}
              width={bar}
              height="6"
              rx="3"
            />
            <text className="stage-mono" x={box.x + 10} y={middle - 1}>
              {`${shownId} `}
            </text>
            <text className="stage-mono figure-end" x={box.x + box.width - 10} y={middle - 1}>
              {size}
            </text>
            <title>{`${layer.path} · ${telling.size(layer.bytes)}`}</title>
          </>
        );
        const marks = {
          className: `figure-row figure-${layer.part}`,
          "data-layer": layer.id,
          "data-lit": lit === layer.id,
        };
        return kind === "metadata" ? (
          <Pressable
            key={layer.id}
            {...marks}
            label={t("lab:figurePart.openFile", {
              row: `${shownLabel} ${shownId} ${size}`,
              name: `layers/${id}`,
            })}
            isPressed={layer.id === shownFile}
            onPress={() => {
              setFile(layer.id);
              onSelect(layer.path);
            }}
          >
            {words}
          </Pressable>
        ) : (
          <g key={layer.id} {...marks}>
            {words}
          </g>
        );
      })}
      {kind === "branches" && <Directories {...{ layers, layout, letter, telling }} />}
      {kind === "parents" && <Parents {...{ layers, layout, letter, telling }} />}
      {kind === "metadata" && (
        <LayersFile
          {...{ layers, layout, letter, lit, telling, select }}
          onPoint={setPointed}
          file={shownFile}
        />
      )}
      {kind === "parents" && (
        <>
          <text className="stage-muted" x={layout.isNarrow ? 4 : 16} y={layout.kernel.y + 5}>
            {t(layout.isNarrow ? "lab:stage.kernelShort" : "lab:stage.kernel")}
          </text>
          <rect className="stage-kernel" {...layout.kernel} rx="4" />
        </>
      )}
    </Figure>
  );
}

interface PartProps {
  readonly layers: readonly LayerFacts[];
  readonly layout: LayersLayout;
  readonly letter: number;
  readonly telling: Telling;
}

function ViewSlab({
  layout,
  mount,
  kind,
  telling,
}: Pick<LayersPictureProps, "mount" | "kind" | "telling"> & { readonly layout: LayersLayout }) {
  const { t } = useWords();
  const { view, isNarrow, beside } = layout;
  const y = view.y + view.height / 2;
  return (
    <g className={mount.isMounted ? undefined : "stage-unmounted"}>
      {!isNarrow && (
        <text className="stage-strong" x="16" y={y}>
          {t("lab:words.view.aufs")}
        </text>
      )}
      <rect className="stage-view-row" {...view} rx="6" />
      <text className="stage-middle" {...middleOf(view)}>
        {fitted(
          t(mount.isMounted ? "lab:words.viewDetail.aufs" : "lab:stage.notMounted"),
          view.width - 8,
          7,
        )}
      </text>
      {kind === "branches" && (
        <Beside
          y={y}
          from={view.x + view.width}
          room={beside.width}
          path={telling.ids(mount.path)}
        />
      )}
    </g>
  );
}

/** Which directory each branch is. */
function Directories({ layers, layout, telling }: PartProps) {
  return layout.rows.map((row) => {
    const layer = row.type === "layer" ? layers[row.at] : undefined;
    if (!layer) return null;
    return (
      <Beside
        key={layer.id}
        y={row.box.y + row.box.height / 2}
        from={row.box.x + row.box.width}
        room={layout.beside.width}
        path={telling.ids(layer.path)}
      />
    );
  });
}

function Beside({
  y,
  from,
  room,
  path,
}: {
  readonly y: number;
  readonly from: number;
  readonly room: number;
  readonly path: string;
}) {
  const start = from + 6;
  const end = from + Math.min(44, room * 0.14);
  const width = from + room - end - 8;
  const whole = path.length * 7.9 <= width ? path : path.slice(path.search(/(diff|mnt)\//));
  return (
    <g>
      <path className="figure-arrow" d={`M${start},${y}H${end}`} markerEnd="url(#figure-arrow)" />
      <text className="stage-mono" x={end + 6} y={y}>
        {fitted(whole, width, 7.9)}
      </text>
    </g>
  );
}

/** An arrow from each layer to the one it was put on. */
function Parents({ layers, layout, letter, telling }: PartProps) {
  const { t } = useWords();
  return layout.rows.map((row, place) => {
    const layer = row.type === "layer" ? layers[row.at] : undefined;
    if (!layer) return null;
    const edge = row.box.x + row.box.width;
    const y = row.box.y + row.box.height / 2;
    const next = layout.rows[place + 1];
    const parent = row.type === "layer" ? layers[row.at + 1] : undefined;
    const words = parent
      ? t("lab:figurePart.parent", { id: telling.ids(parent.id) })
      : t("lab:figurePart.noParent");
    const to = next ? next.box.y + next.box.height / 2 - 5 : y;
    const reach = Math.min(46, layout.beside.width * 0.2);
    const room = layout.beside.width - reach - 14;
    return (
      <g key={layer.id}>
        {next && (
          <path
            className="figure-arrow"
            d={`M${edge + 2},${y + 5}C${edge + reach},${y + 5} ${edge + reach},${to} ${edge + 4},${to}`}
            markerEnd="url(#figure-arrow)"
          />
        )}
        <text className="stage-mono stage-muted" x={edge + reach + 4} y={next ? (y + to) / 2 : y}>
          {fitted(words, room, letter)}
        </text>
      </g>
    );
  });
}

/** One file of `layers/`: each line names a layer below, and is linked to its row. */
function LayersFile({
  layers,
  layout,
  letter,
  file,
  lit,
  select,
  onPoint,
  telling,
}: PartProps & {
  readonly file: string;
  readonly lit: string | null;
  readonly select: (id: string) => void;
  /** The pointer or the focus is at a line; null: it left. */
  readonly onPoint: (id: string | null) => void;
}) {
  const { t } = useWords();
  const owner = layers.find(({ id }) => id === file);
  const lines = owner?.below ?? [];
  const { beside, isNarrow } = layout;
  const x = beside.x + (isNarrow ? 26 : Math.min(120, beside.width * 0.24));
  const width = beside.x + beside.width - x - 8;
  const pitch = Math.min(30, Math.max(18, (beside.height - 44) / Math.max(1, lines.length)));
  const own = rowOf(layout, layers, file);
  const top = beside.y + 4;
  const height = Math.max(64, 44 + Math.max(1, lines.length) * pitch);
  const link = linkHorizontal<unknown, readonly [number, number]>()
    .source(() => [0, 0])
    .target(() => [0, 0]);
  const curve = (from: readonly [number, number], to: readonly [number, number]) =>
    link.source(() => from).target(() => to)(null) ?? "";
  return (
    <g data-file={file}>
      {own && (
        <path
          className="figure-owner"
          d={curve([own.x + own.width + 3, own.y + own.height / 2], [x, top + 15])}
        />
      )}
      <rect className="figure-file" x={x} y={top} width={width} height={height} rx="4" />
      <text className="stage-mono stage-strong" x={x + 10} y={top + 16}>
        {fitted(`layers/${telling.ids(file)}`, width - 16, letter)}
      </text>
      {lines.length === 0 && (
        <text className="stage-muted" x={x + 10} y={top + 42}>
          {t(owner?.below === null ? "lab:figurePart.noFile" : "lab:figurePart.empty")}
        </text>
      )}
      {lines.map((id, at) => {
        const y = top + 40 + at * pitch;
        const row = rowOf(layout, layers, id);
        const isLit = lit === id;
        const shownId = fitted(telling.ids(id), width - 18, letter);
        return (
          <Pressable
            key={id}
            className="figure-line"
            data-line={id}
            data-lit={isLit}
            label={t("lab:figurePart.line", { id: shownId, number: at + 1 })}
            isPressed={isLit}
            onPress={() => select(id)}
            onPoint={() => onPoint(id)}
            onLeave={() => onPoint(null)}
          >
            {row && (
              <path
                className="figure-link"
                d={curve([x + 2, y], [row.x + row.width + 3, row.y + row.height / 2])}
              />
            )}
            <rect
              className="figure-line-ground"
              x={x + 4}
              y={y - pitch / 2 + 1}
              width={width - 8}
              height={pitch - 2}
              rx="3"
            />
            <text className="stage-mono" x={x + 10} y={y}>
              {shownId}
            </text>
          </Pressable>
        );
      })}
    </g>
  );
}

function rowOf(layout: LayersLayout, layers: readonly LayerFacts[], id: string): Box | null {
  const row = layout.rows.find((each) => each.type === "layer" && layers[each.at]?.id === id);
  return row?.box ?? null;
}

const middleOf = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
