import { Dialog } from "@base-ui/react/dialog";
import { type RefObject, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { FILM_KINDS, type FilmKind } from "../../film/film.ts";
import {
  FILM_PACES,
  type FilmMoment,
  type FilmPace,
  filmDurations,
  filmMoments,
  MAX_PICTURES,
  wholeBranch,
} from "../../state/lab-film.ts";
import { useLab } from "../../state/lab-store.ts";
import { currentCommand, type Detail, seek } from "../../state/lab-timeline.ts";
import { momentLink } from "../lab/moment-link.ts";
import { PicturePanel } from "../lab/picture-panel.tsx";
import { saveFile } from "../lab/saved-file.ts";
import { widthOf } from "../lab/still.ts";
import { stillWords } from "../lab/still-words.ts";
import { type Scene, sceneOf } from "../lab/use-staged.ts";
import { Segmented } from "../marks/segmented.tsx";
import "../problems/problems.css";
import { columnsThatFit, type StageSpace } from "../stage/layout.ts";
import { formatBytes, formatCount } from "../text/format.ts";
import { useWords } from "../text/words.ts";
import "./film.css";
import { type Part, RangeChoice, rangeOf } from "./range-choice.tsx";
import { canFilm, type Filmed, type Shot, shoot } from "./shoot.ts";

interface FilmDialogProps {
  readonly scene: Scene;
  readonly space: StageSpace;
  /** Where the focus goes when it is closed. */
  readonly opener: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

type Making =
  | { readonly type: "choosing" }
  | { readonly type: "drawing"; readonly drawn: number }
  | ({ readonly type: "saved"; readonly name: string } & Filmed)
  | { readonly type: "failed" };

/** A part of the session as a moving picture: what is in it, how fast it goes, which file it is. */
export function FilmDialog({ scene, space, opener, onClose }: FilmDialogProps) {
  const { t, language } = useWords();
  const { timeline } = scene;
  const detail = useLab((lab) => lab.detail);
  const [part, setPart] = useState<Part>(currentCommand(timeline) ? "command" : "all");
  const [between, setBetween] = useState(() => wholeBranch(timeline));
  const [pace, setPace] = useState<FilmPace>(() => useLab.getState().speed || "read");
  const [kind, setKind] = useState<FilmKind>("gif");
  const [kinds, setKinds] = useState<readonly FilmKind[]>(["gif"]);
  const [making, setMaking] = useState<Making>({ type: "choosing" });
  const [shown, setShown] = useState<Scene | null>(null);
  const paper = useRef<HTMLDivElement>(null);
  const work = useRef<AbortController | null>(null);
  useEffect(() => {
    void filmKinds().then(setKinds);
    return () => work.current?.abort();
  }, []);
  const range = rangeOf(timeline, part, between);
  const moments = filmMoments(timeline, detail, range, pace);
  const isDrawing = making.type === "drawing";

  const film = async () => {
    const controller = new AbortController();
    work.current = controller;
    setMaking({ type: "drawing", drawn: 0 });
    const link = momentLink(range.from) ?? location.href;
    let before: Scene | null = null;
    const draw = (at: number): Shot => {
      const moment = moments[at];
      if (!moment) throw new RangeError(`picture ${at} of ${moments.length}`);
      const choice = {
        ...useLab.getState(),
        timeline: seek(timeline, moment.cursor),
        maxColumns: columnsThatFit(space),
        first: null,
        asked: null,
      };
      const now = sceneOf(t, language, choice, before);
      before = now;
      flushSync(() => setShown(now));
      const drawing = paper.current?.querySelector<SVGSVGElement>("svg") ?? blank(space);
      const words = stillWords(t, now, drawing.getAttribute("aria-label") ?? "", link);
      return { drawing, words };
    };
    try {
      const filmed = await shoot({
        kind,
        count: moments.length,
        draw,
        durations: (words) =>
          filmDurations(
            moments,
            detail,
            pace,
            words.map(({ narration }) => widthOf(narration)),
          ),
        signal: controller.signal,
        onProgress: (drawn) => setMaking({ type: "drawing", drawn }),
      });
      const name = fileName(moments, kind);
      saveFile(name, filmed.file);
      setMaking({ type: "saved", name, ...filmed });
    } catch (fault) {
      setMaking({ type: controller.signal.aborted ? "choosing" : "failed" });
      if (!controller.signal.aborted) console.warn(fault);
    } finally {
      setShown(null);
    }
  };
  const again = <T,>(set: (value: T) => void) => {
    return (value: T) => {
      set(value);
      setMaking({ type: "choosing" });
    };
  };
  const isTooLong = moments.length > MAX_PICTURES;
  return (
    <>
      <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
        <Dialog.Portal>
          <Dialog.Backdrop className="backdrop" />
          <Dialog.Popup className="dialog film" finalFocus={opener}>
            <div className="dialog-head">
              <Dialog.Title className="dialog-title">{t("lab:film.title")}</Dialog.Title>
              <Dialog.Close className="button">{t("close")}</Dialog.Close>
            </div>
            <fieldset className="film-choices" disabled={isDrawing}>
              <RangeChoice
                {...{ timeline, detail, part, between }}
                onPart={again(setPart)}
                onBetween={again(setBetween)}
              />
              <div className="film-row">
                <label>
                  <span>{t("lab:film.pace")}</span>
                  <select
                    value={pace}
                    onChange={({ target }) => {
                      const chosen = FILM_PACES.find((each) => String(each) === target.value);
                      if (chosen !== undefined) again(setPace)(chosen);
                    }}
                  >
                    {FILM_PACES.map((each) => (
                      <option key={each} value={each}>
                        {each === "read"
                          ? t("lab:film.read")
                          : t("lab:time.times", { speed: each })}
                      </option>
                    ))}
                  </select>
                </label>
                <Segmented
                  label={t("lab:film.kind")}
                  value={kind}
                  onChange={again(setKind)}
                  choices={kinds.map((value) => ({
                    value,
                    words: t(`lab:film.kinds.${value}`),
                    detail: t(`lab:film.kindDetail.${value}`),
                  }))}
                />
              </div>
            </fieldset>
            {isDrawing && (
              <progress
                aria-label={t("lab:film.progress")}
                max={moments.length}
                value={making.drawn}
              />
            )}
            <p role="status" data-film={making.type}>
              <Told {...{ making, moments, detail, pace }} />
            </p>
            <div className="film-row">
              {isDrawing ? (
                <button type="button" className="button" onClick={() => work.current?.abort()}>
                  {t("lab:film.stop")}
                </button>
              ) : (
                <button
                  type="button"
                  className="button"
                  disabled={moments.length === 0 || isTooLong}
                  onClick={() => void film()}
                >
                  {t("lab:film.make")}
                </button>
              )}
              {isDrawing && (
                <span aria-hidden="true">
                  {t("lab:film.place", { drawn: making.drawn, count: moments.length })}
                </span>
              )}
            </div>
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
      <div ref={paper} hidden>
        {shown && <PicturePanel scene={shown} rested={shown} space={space} isStill />}
      </div>
    </>
  );
}

/** What will be made, what is being made, or what was. */
function Told({
  making,
  moments,
  detail,
  pace,
}: {
  readonly making: Making;
  readonly moments: readonly FilmMoment[];
  readonly detail: Detail;
  readonly pace: FilmPace;
}) {
  const { t, language } = useWords();
  const count = moments.length;
  const seconds = (milliseconds: number) =>
    new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(milliseconds / 1000);
  if (making.type === "drawing") return t("lab:film.drawing", { count });
  if (making.type === "failed") return t("lab:film.failed");
  if (making.type === "saved")
    return t("lab:film.saved", {
      name: making.name,
      count: making.pictures,
      seconds: seconds(making.milliseconds),
      size: formatBytes(making.file.size, language),
    });
  if (count === 0) return t("lab:film.backwards");
  if (count > MAX_PICTURES)
    return t("lab:film.tooLong", {
      pictures: formatCount(count, language),
      most: formatCount(MAX_PICTURES, language),
    });
  if (pace === "read") return t("lab:film.willRead", { count });
  const lasts = filmDurations(moments, detail, pace, []).reduce((sum, each) => sum + each, 0);
  return t("lab:film.will", { count, seconds: seconds(lasts) });
}

/** The kinds that this browser can write. */
async function filmKinds(): Promise<readonly FilmKind[]> {
  const can = await Promise.all(FILM_KINDS.map(canFilm));
  return FILM_KINDS.filter((_, at) => can[at]);
}

/** Named by its first and last moment, as in the address of the page. */
function fileName(moments: readonly FilmMoment[], kind: FilmKind): string {
  const place = (moment: FilmMoment | undefined) =>
    `${moment?.cursor.command ?? 0}.${moment?.cursor.tick ?? 0}`;
  return `unionscope-${place(moments[0])}-${place(moments.at(-1))}.${kind}`;
}

/** Before any union there is no picture: only the words. */
function blank({ width }: StageSpace): SVGSVGElement {
  const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  drawing.setAttribute("width", String(width));
  drawing.setAttribute("height", "0");
  return drawing;
}
