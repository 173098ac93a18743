import type { PointerEvent } from "react";
import {
  type HistoryStep,
  type ImageEntry,
  type ImageLayer,
  layerBlob,
  verificationOf,
} from "../../image/image.ts";
import type { ChangeCounts } from "../../image/union/changes.ts";
import { useAppState } from "../../state/app-state.ts";
import type { LayerState, OpenArchive } from "../../state/archives.ts";
import { layerStates } from "../../state/current.ts";
import { countOf, layerProblems, withoutNotes } from "../../state/problems.ts";
import { sharersOf } from "../../state/sharing.ts";
import { Icon } from "../marks/icons.tsx";
import { useSentence } from "../problems/sentence.ts";
import { formatBytes } from "../text/format.ts";
import { Name } from "../text/name.tsx";
import { shortText, visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { shortCommand } from "./command.ts";

/** One branch: its number, the command that made it, its size, what it changes, and whether it is what it claims. */
export function BranchRow({
  id,
  archive,
  image,
  layer,
  step,
  name,
  drag,
  isChosen,
  isUnder,
  choose,
}: {
  readonly id: string;
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
  readonly layer: ImageLayer;
  readonly step: HistoryStep | null;
  /** A bare layer's file, in a command's place. */
  readonly name: string | null;
  /** Begins to move it among its like; null where the order is an image's. */
  readonly drag: ((event: PointerEvent<HTMLElement>) => void) | null;
  readonly isChosen: boolean;
  readonly isUnder: boolean;
  readonly choose: () => void;
}) {
  const { t } = useWords();
  const states = layerStates(archive, image);
  const state = states[layer.k - 1] ?? { phase: "waiting" };
  const size = sizeOf(state);
  const allCounts = useAppState((all) => all.changeCounts);
  const counts = allCounts[layer.k - 1] ?? null;
  const largest = Math.max(
    1,
    ...states.map((each) => sizeOf(each) ?? 0),
    ...allCounts.map((each) => (each ? hiddenBy(each) : 0)),
  );
  const hidden = counts && state.phase === "read" ? hiddenBy(counts) : 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listbox around it has the keys
    // biome-ignore lint/a11y/useFocusableInteractive: the listbox has the focus and points here
    <div
      id={id}
      className="branch"
      role="option"
      aria-selected={isChosen}
      data-under={isUnder || undefined}
      data-phase={state.phase}
      data-row={drag ? layer.layer : undefined}
      onClick={choose}
      onPointerDown={drag ?? undefined}
    >
      {drag && (
        <span className="branch-grip" title={t("explore:arrange.grip")}>
          <Icon name="grip" />
        </span>
      )}
      <span className="branch-number">
        <span className="unseen">{t("explore:stack.layer", { k: layer.k })}</span>
        <span aria-hidden="true">{layer.k}</span>
      </span>
      <span
        className="branch-command"
        title={isChosen ? undefined : shortText(step?.command ?? name ?? "")}
      >
        {name !== null ? (
          <Name of={name} />
        ) : step && step.command !== "" ? (
          <Name of={isChosen ? step.command : shortCommand(step.command)} />
        ) : (
          <span className="branch-none">{t("explore:stack.noCommand")}</span>
        )}
      </span>
      <Marks archive={archive} image={image} layer={layer} state={state} />
      <span className="branch-facts">
        <Facts state={state} counts={counts} />
      </span>
      <SharedWith image={image} layer={layer} />
      <span className="branch-foot">
        <span className="branch-bars" aria-hidden="true">
          <Bar className="branch-bar" share={doneOf(state) ?? (size ?? 0) / largest} />
          <Bar className="branch-bar branch-bar-hidden" share={hidden / largest} />
        </span>
        {hidden > 0 && <Hides bytes={hidden} k={layer.k} />}
      </span>
    </div>
  );
}

function Facts({
  state,
  counts,
}: {
  readonly state: LayerState;
  readonly counts: ChangeCounts | null;
}) {
  const { t, language } = useWords();
  const sentence = useSentence();
  switch (state.phase) {
    case "waiting":
      return <span>{t("explore:stack.waiting")}</span>;
    case "reading":
      return (
        <span>
          {t("explore:phase.rate", {
            read: formatBytes(state.bytesRead, language),
            total: formatBytes(state.bytesTotal, language),
            rate: formatBytes(state.rate, language),
            entries: state.entries,
          })}
        </span>
      );
    case "read": {
      const { failure, entries, fileBytes } = state.index;
      if (failure && entries === 0)
        return (
          <>
            <span className="branch-fault">{t("explore:stack.unread")}</span>
            <span className="branch-why" title={shortText(sentence(failure))}>
              {shortText(sentence(failure))}
            </span>
          </>
        );
      return (
        <>
          <strong>{formatBytes(fileBytes, language)}</strong>
          {failure && (
            <span className="branch-fault" title={shortText(sentence(failure))}>
              {t("explore:stack.partly")}
            </span>
          )}
          <span className="branch-entries">{t("explore:stack.entries", { count: entries })}</span>
          {counts && (
            <span className="branch-counts">
              <Count sign="+" words={t("explore:stack.added", { count: counts.added })} />
              <Count sign="~" words={t("explore:stack.modified", { count: counts.modified })} />
              <Count sign="−" words={t("explore:stack.removed", { count: counts.removed })} />
            </span>
          )}
        </>
      );
    }
    default:
      return unreachable(state);
  }
}

/** The bytes of lower layers that this one puts out of sight. */
function Hides({ bytes, k }: { readonly bytes: number; readonly k: number }) {
  const { t, language } = useWords();
  const size = formatBytes(bytes, language);
  const detail = t("explore:stack.hidesDetail", { k, size });
  return (
    <span className="branch-hides" title={detail}>
      <span aria-hidden="true">
        <span className="branch-hides-word">{t("explore:stack.hides")} </span>
        {size}
      </span>
      <span className="unseen">{detail}</span>
    </span>
  );
}

/** The other open images that have this very layer: it is kept once. */
function SharedWith({ image, layer }: { readonly image: ImageEntry; readonly layer: ImageLayer }) {
  const { t } = useWords();
  const store = useAppState((state) => state.store);
  const archives = useAppState((state) => state.archives);
  const names = sharersOf(store, archives, image, layer.diffId);
  return names.length === 0 ? null : (
    <span className="branch-shared">
      {t("explore:stack.shared", { names: names.map(visibleText).join(t("events:list")) })}
    </span>
  );
}

/** "+412": the sign for eyes, the words for ears and for a pointer that rests on it. */
function Count({ sign, words }: { readonly sign: string; readonly words: string }) {
  const number = /[\d,.\u202f\u00a0]+/.exec(words)?.[0] ?? "";
  return (
    <span title={words}>
      <span aria-hidden="true">
        {sign}
        {number}
      </span>
      <span className="unseen">{words}</span>
    </span>
  );
}

function Marks({
  archive,
  image,
  layer,
  state,
}: {
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
  readonly layer: ImageLayer;
  readonly state: LayerState;
}) {
  const { t } = useWords();
  const digests = state.phase === "read" ? (state.digests ?? undefined) : undefined;
  const verification = archive.archive
    ? verificationOf(layer, layerBlob(archive.archive, layer.layer), digests)
    : "not-checked";
  const found = countOf(withoutNotes(layerProblems(archive, image, layer.k)));
  const problems = state.phase === "read" && state.index.failure ? Math.max(found, 1) : found;
  const words = t(`explore:stack.${verification}`);
  return (
    <span className="branch-marks">
      {problems > 0 && (
        <span className="branch-problems" title={t("explore:stack.problems", { count: problems })}>
          <Icon name="warning" />
          <span className="unseen">{t("explore:stack.problems", { count: problems })}</span>
        </span>
      )}
      <span className="branch-lock" title={t("explore:stack.readOnly")}>
        <Icon name="padlock" />
        <span className="unseen">{t("explore:stack.readOnly")}</span>
      </span>
      <span className="branch-verified" data-verification={verification} title={words}>
        {verification === "verified" && <Icon name="check" />}
        {verification === "differs" && <Icon name="cross" />}
        {verification === "not-checked" && <span aria-hidden="true">·</span>}
        <span className={verification === "differs" ? undefined : "unseen"}>{words}</span>
      </span>
    </span>
  );
}

function Bar({ className, share }: { readonly className: string; readonly share: number }) {
  if (share === 0) return null;
  return <span className={className} style={{ inlineSize: `${Math.max(share * 100, 1)}%` }} />;
}

/** How much of a layer was read, of 1, while it is being read. */
function doneOf(state: LayerState): number | null {
  if (state.phase !== "reading") return null;
  return state.bytesTotal > 0 ? state.bytesRead / state.bytesTotal : 0;
}

function hiddenBy({ hiddenBytes }: ChangeCounts): number {
  return Object.values(hiddenBytes).reduce((sum, each) => sum + each, 0);
}

function sizeOf(state: LayerState): number | null {
  return state.phase === "read" ? state.index.fileBytes : null;
}

function unreachable(value: never): never {
  throw new RangeError(`no such phase: ${JSON.stringify(value)}`);
}
