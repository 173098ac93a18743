import { memo } from "react";
import type { Translate } from "../../i18n/translator.ts";
import type { StageRow, StageState } from "../../state/lab-stage.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { dragTo } from "./drag.ts";
import { firstFitting, fitted } from "./fitted.ts";
import { type Box, inset, letterWidth, type PlacedRow, type StageLayout } from "./layout.ts";
import type { StageActs, StageVoice } from "./voice.ts";

interface PlaceProps {
  readonly layout: StageLayout;
}

/** What the container sees: dashed and empty, for it stores nothing. */
export const ViewRow = memo(function ViewRow({
  columns,
  isMounted,
  layout,
  isStill,
  name,
  detail,
}: Pick<StageState, "columns" | "isMounted"> & {
  readonly layout: StageLayout;
  /** Nothing moves: a place keeps its element when it shows another name. */
  readonly isStill: boolean;
  readonly name: string;
  readonly detail: string;
}) {
  const { t } = useWords();
  const { view } = layout;
  const letter = letterWidth(layout);
  const said = { name, id: "", detail: isMounted ? detail : t("lab:stage.notMounted") };
  const words = labelWords(layout, said, false);
  return (
    <g>
      <RowLabel words={words} layout={layout} y={view.y + view.height / 2} />
      <rect className="stage-view-row" {...view} rx="8" />
      {isMounted && columns.length === 0 && (
        <text
          className="stage-muted stage-middle"
          x={view.x + view.width / 2}
          y={view.y + view.height / 2}
        >
          {t("lab:stage.empty")}
        </text>
      )}
      {isMounted &&
        columns.map((column, at) => {
          const place = layout.columns[at];
          if (!place) return null;
          const key = isStill ? at : column.name;
          const box = inset(view, place);
          const middle = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
          const shown = visibleText(column.name);
          if (column.kind === null)
            return (
              <text key={key} className="stage-muted stage-middle" {...middle}>
                {fitted(t("lab:stage.notVisible"), box.width, 6.6)}
              </text>
            );
          const isMerged = column.providers.length > 1;
          const words = column.kind === "dir" ? `${shown}/` : shown;
          const full = isMerged ? `${words} ${t("lab:stage.merged")}` : words;
          return (
            <g key={key} className="stage-view-cell" data-view={column.name}>
              <rect className="stage-view-shape" {...box} rx="6" />
              <text className="stage-mono stage-middle" {...middle}>
                {firstFitting([full, words], box.width - 10, letter)}
                <title>{full}</title>
              </text>
            </g>
          );
        })}
    </g>
  );
});

/** A branch: blue with a padlock when it is read-only, thin with a double amber outline when it can be written. */
export const BranchRow = memo(function BranchRow({
  row,
  facts,
  isLit,
  isReached,
  folded,
  layout,
  name,
  id,
  detail,
  acts,
}: {
  readonly row: Extract<PlacedRow, { type: "branch" }>;
  readonly facts: StageRow | undefined;
  /** It is selected. */
  readonly isLit: boolean;
  /** Tab reaches it; arrows go on from there. */
  readonly isReached: boolean;
  readonly folded: StageState["folded"];
  readonly layout: StageLayout;
  readonly name: string;
  readonly id: string;
  readonly detail: string;
  readonly acts: StageActs;
}) {
  const { t } = useWords();
  if (!facts) return null;
  const { box } = row;
  const middle = box.y + box.height / 2;
  const kind = facts.isWritable ? "rw" : "ro";
  const isAbsent = facts.directory === "absent";
  const words = labelWords(layout, { name, id, detail }, true);
  const press = () => {
    if (!acts.onChoose(row.branch)) acts.onSelectBranch(row.branch);
  };
  return (
    <g
      data-branch={row.branch}
      data-lit={isLit}
      data-strip={row.isStrip ? folded.length : undefined}
    >
      {/* biome-ignore lint/a11y/useSemanticElements: a button cannot stand in a drawing */}
      <g
        className="stage-handle"
        role="button"
        tabIndex={isReached ? 0 : -1}
        aria-pressed={isLit}
        aria-label={t("lab:stage.selectBranch", {
          words: [words.name, words.id, words.detail].filter((word) => word !== "").join(" "),
        })}
        onClick={() => press()}
        onKeyDown={(event) => {
          if (event.key === "Enter" || event.key === " ") press();
          else if (!walkRows(event.currentTarget, event.key)) return;
          event.preventDefault();
          event.stopPropagation();
        }}
        onPointerDown={
          facts.isWritable
            ? dragTo("[data-bin]", acts.onRemoveContainer)
            : dragTo("[data-branch]", (on) =>
                acts.onMoveBranch(row.branch, Number(on.getAttribute("data-branch"))),
              )
        }
      >
        <rect
          className="stage-handle-area"
          x="0"
          y={box.y}
          width={layout.labelWidth - 4}
          height={box.height}
        />
        {isLit && <path className="stage-lit" d={`M1,${middle - 6}l8,6l-8,6z`} />}
        <RowLabel words={words} layout={layout} y={middle} />
        {facts.isWritable ? (
          <Pencil x={layout.labelWidth - 24} y={middle - 8} />
        ) : (
          <Padlock x={layout.labelWidth - 24} y={middle - 8} />
        )}
        <title>
          {[
            facts.path,
            ...(facts.isWritable ? [t("lab:stage.rowDetail")] : []),
            ...(row.isStrip ? [stripWords(t, folded)] : []),
          ].join("\n")}
        </title>
      </g>
      <rect className={`stage-row-${kind}${isAbsent ? " stage-row-absent" : ""}`} {...box} rx="8" />
      {facts.isWritable && (
        <rect
          className="stage-row-rw-inner"
          x={box.x + 3.5}
          y={box.y + 3.5}
          width={box.width - 7}
          height={Math.max(0, box.height - 7)}
          rx="5.5"
        />
      )}
    </g>
  );
});

/** From one branch's label to the next. False: not our key. */
function walkRows(from: SVGElement, key: string): boolean {
  if (key !== "ArrowDown" && key !== "ArrowUp") return false;
  const labels = [...(from.closest("svg")?.querySelectorAll<SVGElement>(".stage-handle") ?? [])];
  labels[labels.indexOf(from) + (key === "ArrowDown" ? 1 : -1)]?.focus();
  return true;
}

/** What a folded branch keeps out of sight. */
function stripWords(t: Translate, folded: StageState["folded"]): string {
  const names = folded.map(visibleText).join(t("events:list"));
  return folded.length === 0
    ? t("lab:stage.strip")
    : t("lab:stage.stripNames", { count: folded.length, names });
}

/** Volumes: a pipe from the view to the box that passes no branch. */
export const Volumes = memo(function Volumes({
  layout,
  targets,
}: PlaceProps & Pick<VolumesProps, "targets">) {
  const { volumes } = layout;
  if (!volumes) return null;
  return volumes.isBeside ? (
    <VolumesBeside layout={layout} targets={targets} box={volumes} />
  ) : (
    <VolumesAbove layout={layout} targets={targets} box={volumes} />
  );
});

interface VolumesProps extends PlaceProps {
  /** Where they are mounted. */
  readonly targets: StageVoice["volumes"];
  readonly box: Box;
}

const LINE = 20;

function VolumesBeside({ layout, targets, box }: VolumesProps) {
  const { t } = useWords();
  const { view } = layout;
  const middle = box.x + box.width / 2;
  const most = Math.max(1, Math.floor((box.height - 44) / LINE));
  const shown = targets.slice(0, most);
  const more = targets.length - shown.length;
  const lines = [
    ...shown.map(visibleText),
    ...(more > 0 ? [t("lab:disk.more", { count: more })] : []),
  ];
  return (
    <g className="stage-volume" data-volumes={targets.length}>
      <path d={`M${view.x + view.width},${view.y + view.height / 2}H${middle}V${box.y}`} />
      <rect x={box.x} y={box.y} width={box.width} height={box.height} rx="6" />
      <text className="stage-strong stage-middle" x={middle} y={box.y + 18}>
        {t("lab:stage.volume")}
      </text>
      {lines.map((words, at) => (
        <text
          key={words}
          className="stage-mono stage-middle"
          x={middle}
          y={box.y + 18 + LINE * (at + 1)}
        >
          {fitted(words, box.width - 10)}
        </text>
      ))}
      <VolumeTitle targets={targets} />
    </g>
  );
}

function VolumesAbove({ layout, targets, box }: VolumesProps) {
  const { t } = useWords();
  const words = t("lab:stage.volumes", {
    targets: targets.map(visibleText).join(t("events:list")),
  });
  const width = Math.min(box.width, words.length * 7.2 + 20);
  const x = box.x + box.width - width;
  const pipe = x + width - 14;
  return (
    <g className="stage-volume" data-volumes={targets.length}>
      <path d={`M${pipe},${box.y + box.height}V${layout.view.y}`} />
      <rect x={x} y={box.y} width={width} height={box.height} rx="4" />
      <text className="stage-middle" x={x + width / 2} y={box.y + box.height / 2}>
        {fitted(words, width - 8, 7.2)}
      </text>
      <VolumeTitle targets={targets} />
    </g>
  );
}

function VolumeTitle({ targets }: Pick<VolumesProps, "targets">) {
  const { t } = useWords();
  const told = targets.map((target) =>
    t("lab:stage.volumeDetail", { target: visibleText(target) }),
  );
  return <title>{told.join("; ")}</title>;
}

/** The writable branches of every container on the same layers: as many slivers, the shown one filled. */
export const Slivers = memo(function Slivers({
  layout,
  siblings,
}: PlaceProps & { readonly siblings: StageVoice["siblings"] }) {
  const { t } = useWords();
  const { slivers } = layout;
  if (!slivers) return null;
  const width = slivers.width / siblings.length;
  return (
    <g>
      <text className="stage-muted" x={layout.labelWidth > 120 ? 16 : 6} y={slivers.y + 2}>
        {layout.labelWidth > 120
          ? t("lab:stage.times", { count: siblings.length })
          : `×${siblings.length}`}
      </text>
      {siblings.map(({ name, isShown }, at) => (
        <rect
          key={name}
          className={isShown ? "stage-sliver stage-sliver-shown" : "stage-sliver"}
          x={slivers.x + at * width + 1}
          y={slivers.y}
          width={Math.max(2, width - 3)}
          height={slivers.height}
          rx="2.5"
        >
          <title>{name}</title>
        </rect>
      ))}
    </g>
  );
});

/** Several branches with nothing in these columns, as one. */
export const FoldRow = memo(function FoldRow({
  row,
  trail,
  layout,
}: PlaceProps &
  Pick<StageState, "trail"> & { readonly row: Extract<PlacedRow, { type: "fold" }> }) {
  const { t } = useWords();
  const { box, from, to } = row;
  const count = to - from + 1;
  const asked = trail?.visits.filter(({ branch }) => branch >= from && branch <= to) ?? [];
  const first = asked[0]?.number;
  const last = asked.at(-1)?.number;
  const isWide = layout.labelWidth > 120;
  const words = t(isWide ? "lab:stage.fold" : "lab:stage.foldShort", { count });
  const isTrail = first !== undefined && last !== undefined && trail?.column !== null;
  return (
    <g data-fold={`${from}-${to}`}>
      <RowLabel
        words={labelWords(layout, { name: `… ${count}`, id: "", detail: "" }, true)}
        layout={layout}
        y={box.y + box.height / 2}
      />
      <rect className="stage-row-fold" {...box} rx="6" />
      <text
        className="stage-middle stage-muted"
        x={box.x + box.width / 2}
        y={box.y + box.height / 2}
      >
        {isTrail && isWide ? `${words} · ${t("lab:stage.foldAsked", { first, last })}` : words}
      </text>
    </g>
  );
});

/** The kernel below all root file systems. */
export const Kernel = memo(function Kernel({ layout }: PlaceProps) {
  const { t } = useWords();
  const { kernel } = layout;
  return (
    <g>
      <text
        className="stage-muted"
        x={layout.labelWidth > 120 ? 16 : 6}
        y={kernel.y + kernel.height / 2}
      >
        {layout.labelWidth > 120 ? t("lab:stage.kernel") : t("lab:stage.kernelShort")}
      </text>
      <rect className="stage-kernel" {...kernel} rx="4" />
    </g>
  );
});

/** What stands before a row. "" is left out. */
interface LabelWords {
  readonly name: string;
  /** Stands behind the name where four digits of it have room. */
  readonly id: string;
  readonly detail: string;
}

function RowLabel({
  words,
  layout,
  y,
}: {
  readonly words: LabelWords;
  readonly layout: StageLayout;
  readonly y: number;
}) {
  const x = labelStart(layout);
  const hasDetail = words.detail !== "";
  return (
    <>
      <text className="stage-strong" x={x} y={hasDetail ? y - 9 : y}>
        {`${words.name} `}
        {words.id !== "" && (
          <tspan className="stage-row-id" dx={BEFORE_ID}>
            {`${words.id} `}
          </tspan>
        )}
      </text>
      {hasDetail && (
        <text className="stage-muted" x={x} y={y + 10}>
          {words.detail}
        </text>
      )}
    </>
  );
}

/** As much of a row's label as has room; `hasMark`: a padlock or a pencil stands beside it. */
function labelWords(
  layout: StageLayout,
  { name, id, detail }: LabelWords,
  hasMark: boolean,
): LabelWords {
  const isNarrow = layout.labelWidth < 120;
  const x = labelStart(layout);
  const room = layout.labelWidth - x - (hasMark ? (isNarrow ? 22 : 34) : 4);
  const shown = fitted(visibleText(name), room, 7.4);
  const letter = idLetter(layout);
  const idRoom = Math.floor((room - shown.length * (letter + 1) - BEFORE_ID) / letter);
  const hasDetail = !isNarrow && pitch(layout) > (layout.isLarge ? 44 : 34);
  return {
    name: shown,
    id: idRoom < SHORTEST_ID ? "" : id.length <= idRoom ? id : `${id.slice(0, idRoom - 1)}…`,
    detail: detail === "" || !hasDetail ? "" : fitted(detail, layout.labelWidth - x - 30, 6.4),
  };
}

/** The width of an id's letter: presenting, all is larger, on a narrow stage by less. */
function idLetter({ labelWidth, isLarge }: StageLayout): number {
  if (!isLarge) return 6.9;
  return labelWidth > 200 ? 10.6 : 8.8;
}

function labelStart({ labelWidth }: StageLayout): number {
  return labelWidth < 120 ? 6 : 16;
}

const BEFORE_ID = 4;
/** Four digits and the sign that there are more. */
const SHORTEST_ID = 5;

function pitch({ rows }: StageLayout): number {
  const [first, second] = rows;
  return first && second ? second.box.y - first.box.y : 60;
}

function Padlock({ x, y }: { readonly x: number; readonly y: number }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <path className="stage-lock-arch" d="M5 7V5a3 3 0 0 1 6 0v2" />
      <rect className="stage-lock" x="3" y="7" width="10" height="7" rx="1.5" />
    </g>
  );
}

function Pencil({ x, y }: { readonly x: number; readonly y: number }) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <path className="stage-pencil" d="M3 13l.7-3L11 2.7l2.3 2.3L6 12.3zM9.5 4.2l2.3 2.3" />
    </g>
  );
}
