import { type MouseEvent, memo, useMemo, useRef, useState } from "react";
import { cachedBytes } from "../../engine/page-cache.ts";
import { useAppState } from "../../state/app-state.ts";
import { useLab } from "../../state/lab-store.ts";
import { costsUpTo } from "../../state/lab-touch.ts";
import { Icon } from "../marks/icons.tsx";
import { Segmented } from "../marks/segmented.tsx";
import { Meters } from "../meters/meters.tsx";
import { useWords } from "../text/words.ts";
import { Timeline } from "../timeline/timeline.tsx";
import { Acts } from "./acts.tsx";
import { Caption } from "./caption.tsx";
import { Console } from "./console.tsx";
import { Asking, ForetoldNote } from "./foretelling.tsx";
import "./lab.css";
import "./present.css";
import { columnsThatFit } from "../stage/layout.ts";
import { useLatest } from "../text/use-latest.ts";
import { useSize } from "../text/use-size.ts";
import { WorldMenu } from "./menu.tsx";
import { subjectName } from "./narration.ts";
import { Offer } from "./offer.tsx";
import { OnDisk } from "./on-disk.tsx";
import { PicturePanel } from "./picture-panel.tsx";
import { LastCommand, PresenterTools } from "./presenter.tsx";
import { ShareMenu } from "./share.tsx";
import { Stacks } from "./stacks.tsx";
import { StageBar } from "./stage-bar.tsx";
import { StateText } from "./state-text.tsx";
import { StepLog } from "./step-log.tsx";
import { Upcoming } from "./upcoming.tsx";
import { useAwake } from "./use-awake.ts";
import { usePlaying } from "./use-playing.ts";
import { useSession } from "./use-session.ts";
import { type Scene, useRestedScene, useScene } from "./use-staged.ts";
import { Wanting } from "./wanting.tsx";

const TABS = ["shell", "steps", "files", "meters"] as const;
type Tab = (typeof TABS)[number];

/** The Lab: the stage, the sentence of the moment, time, the terminal, and what it costs. */
export function LabScreen() {
  const { t } = useWords();
  const phase = useLab((lab) => lab.phase);
  const isProved = useLab((lab) => lab.isProved);
  const isPresenting = useLab((lab) => lab.isPresenting);
  const speed = useLab((lab) => lab.speed);
  const showsSide = useLab((lab) => lab.showsSide);
  const question = useLab((lab) => lab.question);
  const foretold = useLab((lab) => lab.foretold);
  const [tab, setTab] = useState<Tab>("shell");
  const help = useRef<HTMLDialogElement>(null);
  const [stageRef, size] = useSize();
  useSession();
  usePlaying();
  useAwake(isPresenting);
  const space = useMemo(() => {
    const scale = isPresenting ? projectedScale(size.width) : 1;
    const width = Math.floor(size.width / scale);
    return { width, height: Math.floor(size.height / scale), isLarge: isPresenting };
  }, [size, isPresenting]);
  const scene = useScene(columnsThatFit(space));
  const rested = useRestedScene(scene);
  const sceneNow = useLatest(scene);
  const files = rested?.cache;
  const cached = useMemo(
    () => files?.reduce((sum, file) => sum + cachedBytes(file), 0) ?? 0,
    [files],
  );
  if (phase === "wanting")
    return (
      <main id="content" className="lab">
        <Wanting />
      </main>
    );
  return (
    <main
      id="content"
      className={isPresenting ? "lab lab-present" : "lab"}
      data-tab={tab}
      data-side={showsSide}
      data-phase={phase}
      data-behind={rested !== scene}
    >
      <div className="lab-top">
        <WorldMenu />
        {scene && (
          <StageBar
            choices={scene.staged.choices}
            chosen={scene.staged.chosen}
            directory={scene.stage?.directory ?? null}
            names={scene.stage?.names ?? 0}
            first={scene.stage?.first ?? 0}
            shown={scene.stage?.columns.length ?? 0}
            folded={scene.stage?.folded.length ?? 0}
          />
        )}
        <Offer />
        <div className="lab-top-end">
          {isProved !== null && (
            <span role="status" className={isProved ? "lab-proof" : "lab-proof lab-proof-no"}>
              {t(isProved ? "lab:proof.same" : "lab:proof.differs")}
            </span>
          )}
          <button
            type="button"
            className="button"
            aria-label={t("lab:keys.button")}
            title={t("lab:keys.button")}
            onClick={() => help.current?.showModal()}
          >
            ?
          </button>
          {scene && <ShareMenu sceneNow={sceneNow} space={space} />}
          <PresentButton />
        </div>
      </div>
      <div className="lab-main">
        {scene && <LastCommand timeline={scene.timeline} />}
        <div className="stage" ref={stageRef}>
          {scene && rested ? (
            <PicturePanel scene={scene} rested={rested} space={space} isStill={speed === 0} />
          ) : (
            <p className="lab-empty" role="status">
              {phase === "failed"
                ? t("lab:failed")
                : t(phase === "replaying" ? "lab:replaying" : "lab:starting")}
            </p>
          )}
        </div>
        {scene && rested && (
          <>
            {question ? (
              <Asking scene={scene} question={question} />
            ) : (
              <Caption sentence={scene.caption} rested={rested.caption} width={size.width} />
            )}
            {foretold && <ForetoldNote scene={scene} foretold={foretold} />}
            <Acts scene={rested} />
            <Timeline timeline={scene.timeline} speaker={scene.speaker} subject={scene.subject} />
            <Console scene={rested} />
          </>
        )}
      </div>
      {scene && rested && (
        <aside className="lab-side">
          <div className="lab-side-room">
            <div className="lab-part" data-part="meters">
              <Meters
                telling={scene.telling}
                part={partOf(rested)}
                timeline={scene.timeline}
                rested={rested.timeline}
                cached={cached}
                copy={scene.stage?.copy ?? null}
                actor={t(`events:actor.${scene.stage?.type ?? "aufs"}`)}
              />
            </div>
            <div className="lab-part" data-part="files">
              <Stacks choices={scene.staged.choices} chosen={scene.staged.chosen} />
              <OnDisk scene={rested} />
            </div>
            <div className="lab-part" data-part="steps">
              {question === null && <Upcoming scene={rested} />}
              <StepLog scene={rested} />
              <StateText scene={rested} />
            </div>
          </div>
        </aside>
      )}
      <div className="lab-foot">
        <Tabs tab={tab} onTab={setTab} />
      </div>
      <PresenterTools help={help} />
    </main>
  );
}

/** The screen on which a presented stage is drawn as large as it is laid out. */
const PROJECTED = { width: 1245, height: 700 };

/**
 * How much larger than it is laid out a presented stage is drawn: its names are 27 px on a screen of 1920 by 1080, what the
 * last row reads (specs/teaching.md 3.1), and the same part of any larger one.
 */
function projectedScale(width: number): number {
  return Math.max(1, Math.min(width / PROJECTED.width, innerHeight / PROJECTED.height));
}

/** What of the command's costs so far was for what is selected. */
function partOf({ subject, touch, timeline, names, telling }: Scene) {
  if (!subject || !touch) return null;
  const name = subjectName(subject, names, telling).replace(/^.*\/(?=.)/, "");
  return { name, counts: costsUpTo(touch, timeline.cursor.tick) };
}

/** On a phone one part of the side stands there at a time. */
const Tabs = memo(function Tabs({
  tab,
  onTab,
}: {
  readonly tab: Tab;
  readonly onTab: (tab: Tab) => void;
}) {
  const { t } = useWords();
  return (
    <Segmented
      label={t("lab:title")}
      value={tab}
      onChange={onTab}
      choices={TABS.map((value) => ({ value, words: t(`lab:tabs.${value}`), detail: "" }))}
    />
  );
});

const PresentButton = memo(function PresentButton() {
  const { t } = useWords();
  const isPresenting = useLab((lab) => lab.isPresenting);
  const toggle = ({ currentTarget, detail }: MouseEvent<HTMLButtonElement>) => {
    // After a click the keys are the presenter's: Space plays, and does not press this button again.
    if (detail > 0) currentTarget.blur();
    const { theme, setTheme } = useAppState.getState();
    if (!isPresenting && theme === "system") setTheme("light");
    useLab.getState().present(!isPresenting);
  };
  return (
    <button
      type="button"
      className="button lab-presenting"
      aria-pressed={isPresenting}
      onClick={toggle}
    >
      <Icon name={isPresenting ? "cross" : "screen"} />{" "}
      <span className="lab-fold-word">
        {t(isPresenting ? "lab:present.off" : "lab:present.on")}
      </span>
    </button>
  );
});
