import { startTransition, useEffect, useMemo, useRef, useState } from "react";
import type { CachedFile } from "../../engine/page-cache.ts";
import type { Language } from "../../i18n/catalogue.ts";
import { type Speaker, setApart } from "../../i18n/event-sentence.ts";
import type { Translate } from "../../i18n/translator.ts";
import { cacheAt } from "../../state/lab-cache.ts";
import { type EndedUnions, endedUnions } from "../../state/lab-ended.ts";
import type { Question } from "../../state/lab-question.ts";
import { sharedList, sharedStage } from "../../state/lab-sharing.ts";
import { type StageState, stageOf } from "../../state/lab-stage.ts";
import { type Choice, type Staged, stagedAt } from "../../state/lab-staged.ts";
import { useLab } from "../../state/lab-store.ts";
import {
  type Detail,
  hasSteps,
  type LabCommand,
  shownMoment,
  type Timeline,
} from "../../state/lab-timeline.ts";
import { type Subject, subjectOf, type Touch, touchOf } from "../../state/lab-touch.ts";
import { type Telling, tellingIn } from "../text/telling.ts";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { branchNames, momentSentence, speakerFor } from "./narration.ts";

/** All that the Lab's views say of one moment, worked out once. */
export interface Scene {
  readonly timeline: Timeline;
  readonly staged: Staged;
  readonly stage: StageState | null;
  readonly speaker: Speaker;
  readonly telling: Telling;
  /** The unions that are unmounted by now. */
  readonly ended: EndedUnions;
  /** Branch directory to short name. */
  readonly names: ReadonlyMap<string, string>;
  /** What has just happened, or that this command has nothing to tell; null before anything has happened. */
  readonly caption: string | null;
  /** What is selected, as events speak of it; null: nothing. */
  readonly subject: Subject | null;
  /** What of the command touches it. */
  readonly touch: Touch | null;
  /** The files with pages in memory, the first read first. */
  readonly cache: readonly CachedFile[];
}

/** What of the Lab's state a scene depends on. */
interface SceneChoice extends Choice {
  readonly timeline: Timeline;
  readonly maxColumns: number;
  /** What is asked, which the stage is to show; null: nothing is. */
  readonly asked: Question | null;
}

/** The scene at the cursor; null while there is no session. */
export function useScene(maxColumns: number): Scene | null {
  const { t, language } = useWords();
  const timeline = useLab((lab) => lab.timeline);
  const union = useLab((lab) => lab.union);
  const directory = useLab((lab) => lab.directory);
  const first = useLab((lab) => lab.first);
  const selected = useLab((lab) => lab.selected);
  const prompt = useLab((lab) => lab.prompt);
  const detail = useLab((lab) => lab.detail);
  const showsPlumbing = useLab((lab) => lab.showsPlumbing);
  const asked = useLab((lab) => lab.question);
  /** The scene before: what a step leaves as it was stays the same object, and is not drawn again. */
  const before = useRef<Scene | null>(null);
  return useMemo(() => {
    if (!timeline) return null;
    const choice = { union, directory, first, selected, prompt, detail, showsPlumbing, asked };
    const scene = sceneOf(t, language, { ...choice, timeline, maxColumns }, before.current);
    before.current = scene;
    return scene;
  }, [
    timeline,
    union,
    directory,
    first,
    selected,
    prompt,
    detail,
    showsPlumbing,
    asked,
    maxColumns,
    t,
    language,
  ]);
}

/** Milliseconds after which what stands around the picture follows a walk through a command. */
const REST = 80;

/**
 * The scene for what stands around the picture: terminal, files on disk, log, cache. While somebody walks or scrubs
 * through the micro-steps of a command it stays as it was, and follows when time rests; any other change it shows at once,
 * and what plays by itself. So a step draws only what is looked at.
 */
export function useRestedScene(scene: Scene | null): Scene | null {
  const isPlaying = useLab((lab) => lab.isPlaying);
  const [rested, setRested] = useState(scene);
  const shown = useRef(scene);
  useEffect(() => {
    if (shown.current === scene) return undefined;
    const timer = setTimeout(() => startTransition(() => setRested(scene)), REST);
    return () => clearTimeout(timer);
  }, [scene]);
  const isWalking =
    scene && shown.current && scene !== rested && !isPlaying && isInOneWalk(shown.current, scene);
  if (!isWalking) shown.current = scene;
  return shown.current;
}

/** Whether two scenes differ by nothing but the micro-step of one command. */
function isInOneWalk(a: Scene, b: Scene): boolean {
  return (
    a.timeline.commands === b.timeline.commands &&
    a.timeline.tip === b.timeline.tip &&
    a.timeline.cursor.command === b.timeline.cursor.command &&
    a.telling === b.telling &&
    a.subject === b.subject &&
    a.staged.chosen?.id === b.staged.chosen?.id
  );
}

/** A scene. What it has in common with the one `before` it is the same object. */
export function sceneOf(
  t: Translate,
  language: Language,
  choice: SceneChoice,
  before: Scene | null,
): Scene {
  const { timeline, detail, maxColumns } = choice;
  const staged = sharedStaged(before?.staged, stagedAt(timeline, shownFor(choice), maxColumns));
  const stage = staged.input && sharedStage(before?.stage ?? null, stageOf(staged.input));
  const containers = staged.choices.map(({ container }) => container);
  const names = branchNames(containers, staged.chosen?.container ?? null);
  const { command, call } = staged.present;
  const machine = call?.machine ?? staged.present.machine;
  // What is unmounted is still told by the names that it had.
  const ended = endedUnions(timeline);
  const telling = tellingIn(t, language, detail);
  const speaker = speakerFor([staged.present.machine, machine], ended, names, telling);
  const moment = command && shownMoment(command, detail, timeline.cursor.tick);
  const subject = sharedSubject(before?.subject ?? null, subjectOf(choice.selected, staged.chosen));
  return {
    subject,
    touch: subject && command && touchOf(timeline, command, subject),
    timeline,
    staged,
    stage,
    speaker,
    telling,
    ended,
    names,
    caption:
      moment && command
        ? momentSentence(t, moment, command.ran.calls, speaker)
        : silence(t, command, detail),
    cache: sharedList(before?.cache ?? [], cacheAt(timeline)),
  };
}

/** A choice with what is asked about in sight, where nobody chose another directory. */
function shownFor(choice: SceneChoice): Choice {
  if (choice.asked === null || choice.directory !== null) return choice;
  const { type, path } = choice.asked;
  if (type === "listing") return { ...choice, directory: path };
  const directory = path.slice(0, Math.max(1, path.lastIndexOf("/")));
  return { ...choice, directory, selected: { type: "path", path, branch: null } };
}

/** What is said of a command that has no micro-step at this detail; null for any other. */
function silence(t: Translate, command: LabCommand | null, detail: Detail): string | null {
  if (!command || hasSteps(command, detail)) return null;
  return t("lab:time.silent", { line: setApart(shortText(command.ran.line)) });
}

function sharedSubject(before: Subject | null, after: Subject | null): Subject | null {
  return before?.key === after?.key && before?.type === after?.type ? before : after;
}

function sharedStaged(before: Staged | undefined, after: Staged): Staged {
  const choices = sharedList(before?.choices ?? [], after.choices);
  const chosen = choices.find(({ id }) => id === after.chosen?.id) ?? null;
  return { ...after, choices, chosen };
}
