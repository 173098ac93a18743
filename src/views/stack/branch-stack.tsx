import { type KeyboardEvent, useEffect, useRef } from "react";
import type { HistoryStep, ImageEntry, ImageLayer } from "../../image/image.ts";
import { useAppState } from "../../state/app-state.ts";
import type { OpenArchive } from "../../state/archives.ts";
import { bareNames, isBare } from "../../state/bare-layers.ts";
import { currentLayer } from "../../state/current.ts";
import { useContentHashes, useReadLayers } from "../../state/use-layers.ts";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { ArrangeBar } from "./arrange-bar.tsx";
import { BranchRow } from "./branch-row.tsx";
import { shortCommand } from "./command.ts";
import { dragAmong } from "./row-drag.ts";
import { UnionRow } from "./union-row.tsx";
import { useSettling } from "./use-settling.ts";
import "./stack.css";

/** One line of the stack, top first. */
type Line =
  | { readonly type: "union" }
  | { readonly type: "branch"; readonly layer: ImageLayer; readonly step: HistoryStep | null }
  | { readonly type: "empty"; readonly steps: readonly HistoryStep[] };

/** Many branches get one line each, so that a stack of 127 is still a stack. */
const DENSE_FROM = 13;

/** The image's layers in the order a lookup asks them, the view above them, steps without a layer in their place. */
export function BranchStack({
  archive,
  image,
}: {
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
}) {
  const { t } = useWords();
  const layer = useAppState(currentLayer);
  const isUnion = useAppState((state) => state.layer === null && state.mode === "merged");
  const selectLayer = useAppState((state) => state.selectLayer);
  const selectMode = useAppState((state) => state.selectMode);
  const list = useRef<HTMLDivElement>(null);
  const lines = linesOf(image);
  const chosen = isUnion ? UNION_ID : branchId(layer);

  const layers = useReadLayers();
  const hashes = useContentHashes();
  const semantics = useAppState((state) => state.semantics);
  const countChanges = useAppState((state) => state.countChanges);
  const isReading = archive.phase === "reading";
  useEffect(() => {
    if (!isReading) void countChanges(layers, hashes, semantics);
  }, [countChanges, isReading, layers, hashes, semantics]);

  useEffect(() => {
    list.current?.querySelector(`#${chosen}`)?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const names = isBare(archive) && archive.archive ? bareNames(archive.archive, image) : null;
  const isMovable = names !== null && names.length > 1;
  const moveLayer = useAppState((state) => state.moveLayer);
  const removeLayer = useAppState((state) => state.removeLayer);
  const settle = useSettling(list);
  const move = (k: number, to: number) => {
    settle();
    moveLayer(k, to);
  };

  const choose = (line: Line) => {
    if (line.type === "union") {
      selectLayer(null);
      selectMode("merged");
    } else if (line.type === "branch") selectLayer(line.layer.k);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const up = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (isMovable && !isUnion && (event.altKey ? up !== undefined : event.key === "Delete")) {
      event.preventDefault();
      if (event.altKey) move(layer, layer + (up ?? 0));
      else removeLayer(layer);
      return;
    }
    const choices = lines.filter(({ type }) => type !== "empty");
    const at = choices.findIndex((line) => lineId(line) === chosen);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: choices.length - 1 }[event.key];
    const line = to === undefined ? undefined : choices[to];
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (line) choose(line);
  };

  return (
    <section className="stack" aria-labelledby="stack-title">
      <h2 id="stack-title" className="panel-title">
        {t("explore:stack.title")}
      </h2>
      {names && (
        <ArrangeBar archive={archive} names={names} chosen={isUnion ? null : layer} move={move} />
      )}
      <div
        ref={list}
        className="stack-list"
        data-dense={image.layers.length >= DENSE_FROM || undefined}
        role="listbox"
        tabIndex={0}
        aria-labelledby="stack-title"
        aria-activedescendant={chosen}
        aria-describedby={names ? "arrange-hint" : undefined}
        aria-keyshortcuts={isMovable ? "Alt+ArrowUp Alt+ArrowDown Delete" : undefined}
        onKeyDown={onKeyDown}
      >
        {lines.map((line) => {
          if (line.type === "union")
            return (
              <UnionRow
                key={UNION_ID}
                id={UNION_ID}
                isChosen={isUnion}
                choose={() => choose(line)}
              />
            );
          if (line.type === "branch")
            return (
              <BranchRow
                key={names ? line.layer.layer : line.layer.k}
                id={branchId(line.layer.k)}
                archive={archive}
                image={image}
                layer={line.layer}
                step={line.step}
                name={names?.[line.layer.k - 1] ?? null}
                drag={
                  isMovable
                    ? (event) =>
                        dragAmong(event, ".branch", ".branch-grip", (from, to) =>
                          move(names.length - from, names.length - to),
                        )
                    : null
                }
                isChosen={!isUnion && line.layer.k === layer}
                isUnder={!isUnion && line.layer.k < layer}
                choose={() => choose(line)}
              />
            );
          return (
            <EmptySteps
              key={`empty-${image.history.indexOf(line.steps[0] ?? NO_STEP)}`}
              steps={line.steps}
            />
          );
        })}
      </div>
    </section>
  );
}

const NO_STEP: HistoryStep = {
  command: "",
  created: "",
  author: "",
  comment: "",
  empty: true,
  k: null,
};

/** Of steps without a layer, how many a pointer that rests on them is told. */
const STEPS_TOLD = 20;

function EmptySteps({ steps }: { readonly steps: readonly HistoryStep[] }) {
  const { t } = useWords();
  const words = [...new Set(steps.map(({ command }) => shortCommand(command).split(" ")[0] ?? ""))];
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: it cannot be chosen
    <div
      className="stack-empty"
      role="option"
      aria-selected="false"
      aria-disabled="true"
      title={steps
        .slice(0, STEPS_TOLD)
        .map(({ command }) => shortText(shortCommand(command)))
        .join("\n")}
    >
      {steps.length === 1
        ? t("explore:stack.empty", { command: shortText(shortCommand(steps[0]?.command ?? "")) })
        : t("explore:stack.emptySteps", {
            count: steps.length,
            words: shortText(words.join(" ")),
          })}
    </div>
  );
}

const UNION_ID = "union-row";

function branchId(k: number): string {
  return `branch-${k}`;
}

function lineId(line: Line): string {
  if (line.type === "branch") return branchId(line.layer.k);
  return UNION_ID;
}

/** The lines, top first. Neighbouring steps without a layer are one line, in the order they ran from bottom to top. */
function linesOf(image: ImageEntry): readonly Line[] {
  const lines: Line[] = [];
  let empty: HistoryStep[] = [];
  const flush = () => {
    if (empty.length > 0) lines.push({ type: "empty", steps: empty });
    empty = [];
  };
  const told = new Set<number>();
  for (const step of image.history) {
    const layer = step.k === null ? undefined : image.layers[step.k - 1];
    if (!layer) {
      empty = [...empty, step];
      continue;
    }
    flush();
    lines.push({ type: "branch", layer, step });
    told.add(layer.k);
  }
  flush();
  for (const layer of image.layers)
    if (!told.has(layer.k)) lines.push({ type: "branch", layer, step: null });
  lines.push({ type: "union" });
  return lines.reverse();
}
