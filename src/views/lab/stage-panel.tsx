import { useMemo, useRef, useState } from "react";
import { cachedBytes } from "../../engine/page-cache.ts";
import type { Translate } from "../../i18n/translator.ts";
import { cachedIn } from "../../state/lab-cache.ts";
import type { StagedContainer } from "../../state/lab-containers.ts";
import { layerIdIn } from "../../state/lab-layers.ts";
import type { Selection } from "../../state/lab-selection.ts";
import type { Vocabulary } from "../../state/lab-settings.ts";
import { isSame } from "../../state/lab-sharing.ts";
import { nameIn, type StageState } from "../../state/lab-stage.ts";
import type { Stageable, Staged } from "../../state/lab-staged.ts";
import { useLab } from "../../state/lab-store.ts";
import { layOutStage, type StageLayout, type StageSpace } from "../stage/layout.ts";
import { Stage } from "../stage/stage.tsx";
import type { StageActs, StageVoice } from "../stage/voice.ts";
import { moveFrom } from "../stage/walk.ts";
import { useLatest } from "../text/use-latest.ts";
import { useShared, useSharedList } from "../text/use-shared.ts";
import { useWords } from "../text/words.ts";
import { shortPath } from "./narration.ts";
import { quoted } from "./quoted.ts";
import type { Scene } from "./use-staged.ts";

/** The stage in its place, with what a click or a key on it does. */
export function StagePanel({
  scene,
  rested,
  space,
  isStill,
}: {
  readonly scene: Scene;
  /** The scene that the page cache is drawn of. */
  readonly rested: Scene;
  readonly space: StageSpace;
  readonly isStill: boolean;
}) {
  const { t } = useWords();
  const words = useLab((lab) => lab.words);
  const selected = useLab((lab) => lab.selected);
  const { stage, staged, names, telling } = scene;
  const siblings = useShared(siblingsOf(staged));
  const count = siblings.length;
  const volumes = useShared(staged.chosen?.container?.volumes.map(({ target }) => target) ?? []);
  const hasVolumes = volumes.length > 0;
  const { detail } = telling;
  const laidOut = useRef<StageLayout | null>(null);
  const layout = useMemo(() => {
    const placed = stage && layOutStage(stage, space, { siblings: count, hasVolumes, detail });
    if (!isSamePlace(laidOut.current, placed)) laidOut.current = placed;
    return laidOut.current;
  }, [stage, space, count, hasVolumes, detail]);
  const { tiles: cachedTiles, others } = useMemo(() => cacheOf(rested), [rested]);
  const tiles = useSharedList(cachedTiles);
  const cache = useMemo(() => ({ tiles, others }), [tiles, others]);
  const sceneNow = useLatest(scene);
  const [acts] = useState(() => actsOn(sceneNow));
  if (!stage || !layout || !staged.chosen)
    return <p className="lab-empty">{t("lab:stage.none")}</p>;
  const { chosen } = staged;
  const voice: StageVoice = {
    branchName: (branch) => {
      const path = stage.rows[branch]?.path ?? "";
      return names.get(path) ?? shortPath(path, telling);
    },
    branchId: (branch) => telling.ids(layerIdIn(stage.rows[branch]?.path ?? "") ?? ""),
    branchDetail: (branch) => branchWords(t, words, stage, chosen, branch),
    siblings,
    volumes,
    cache,
    viewName: t(`lab:words.view.${words}`),
    viewDetail: t(`lab:words.viewDetail.${words}`),
    selected: selectedName(selected, stage),
    lit:
      selected?.type === "layer"
        ? stage.rows.findIndex(({ path }) => path === selected.directory)
        : -1,
    telling,
    acts,
  };
  return (
    <Stage
      state={stage}
      layout={layout}
      voice={voice}
      isStill={isStill}
      label={t("lab:stage.label", { directory: stage.directory, name: chosen.name })}
    />
  );
}

function isSamePlace(a: StageLayout | null, b: StageLayout | null): boolean {
  return a !== null && b !== null && isSame({ ...a, rowOf: null }, { ...b, rowOf: null });
}

/** The selected name where it has a column: in the directory on the stage. */
export function selectedName(
  selected: Selection | null,
  { directory }: StageState,
): StageVoice["selected"] {
  if (selected?.type !== "path") return null;
  const name = nameIn(directory, selected.path);
  return name === null ? null : { name, branch: selected.branch };
}

function actsOn(scene: () => Scene): StageActs {
  const { choose, run } = useLab.getState();
  const isDirectory = (name: string) =>
    scene().stage?.columns.find((column) => column.name === name)?.kind === "dir";
  const type = (name: string, lineFor: (path: string) => string) => {
    const { stage, staged } = scene();
    const { chosen } = staged;
    if (stage && chosen) void run(lineFor(typedPath(chosen, stage, name)), promptOf(chosen));
  };
  return {
    onSelect: (name, branch) => {
      const { stage } = scene();
      if (stage)
        choose({ selected: { type: "path", path: joined(stage.directory, name), branch } });
    },
    onChoose: (branch) => {
      const { question, answer } = useLab.getState();
      if (question?.type !== "provider" || scene().staged.chosen?.fs !== question.fs) return false;
      const { choices } = question;
      answer(choices.indexOf(choices.includes(branch) ? branch : "other"));
      return true;
    },
    onSelectBranch: (branch) => {
      const directory = scene().stage?.rows[branch]?.path;
      if (directory !== undefined) choose({ selected: { type: "layer", directory } });
    },
    onOpen: (name) => {
      const { stage } = scene();
      if (stage && isDirectory(name))
        choose({ directory: joined(stage.directory, name), first: null });
      else type(name, (path) => `cat ${path}`);
    },
    onRemove: (name) => type(name, (path) => `rm ${isDirectory(name) ? "-r " : ""}${path}`),
    onRemoveContainer: () => {
      const container = scene().staged.chosen?.container;
      if (container) void run(`docker rm -f ${container.name}`, "host");
    },
    onMoveBranch: (from, to) => {
      const { stage, staged } = scene();
      const branch = stage?.rows[from];
      const mount = staged.chosen?.container?.mountPath ?? staged.chosen?.id;
      if (branch && mount !== undefined && from !== to && to > 0)
        void run(moveBranch(branch, to, mount), "host");
    },
    onWhy: (name) => type(name, (path) => `why ${path}`),
    onWalk: (from, key) => {
      const { stage } = scene();
      return stage !== null && moveFrom(from, key, stage);
    },
  };
}

/** The command that puts a branch at another place of the stack. */
export function moveBranch(
  { path, permission }: { readonly path: string; readonly permission: string },
  to: number,
  mount: string,
): string {
  return `mount -o remount,del:${path},add:${to}:${path}=${permission} ${quoted(mount)}`;
}

/** A name of the directory on the stage as a line at `promptOf` has it: at the host it is below the mount point. */
export function typedPath(
  { container, id }: Stageable,
  { directory }: StageState,
  name: string,
): string {
  const above = container?.isRunning ? "" : (container?.mountPath ?? id);
  return quoted(above + joined(directory, name));
}

/** Where a line about this union is typed. */
export function promptOf({ container }: Stageable): string {
  return container?.isRunning ? container.id : "host";
}

function joined(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** The containers whose image layers are the shown one's. */
function siblingsOf({ choices, chosen }: Staged): StageVoice["siblings"] {
  const base = (container: StagedContainer | null) =>
    container?.branches.findLast(({ part }) => part === "image")?.path;
  const shared = base(chosen?.container ?? null);
  if (shared === undefined) return [];
  return choices
    .filter(({ container }) => base(container) === shared)
    .map(({ id, name }) => ({ name, isShown: id === chosen?.id }));
}

/** The files of branches that are in memory, by whom they were read, and which of them are what is selected. */
export function cacheOf(scene: Scene): StageVoice["cache"] {
  const { cache, timeline, stage, staged, subject, names, ended, telling } = scene;
  const nameOf = (fs: number) => {
    const now = staged.choices.find((each) => each.fs === fs)?.name;
    if (now !== undefined) return now;
    const path = ended.get(fs)?.path;
    if (path === undefined) return "host";
    const owner = staged.choices.find(({ container }) => container?.mountPath === path);
    return owner?.name ?? shortPath(path, telling);
  };
  const places = cachedIn(timeline);
  const onStage = new Set(stage?.rows.map(({ path }) => path));
  const isSelected = (path: string, directory: string) =>
    subject?.type === "path"
      ? path === subject.path && onStage.has(directory)
      : directory === subject?.directory;
  const tiles = cache.flatMap((file) => {
    const { backing, path, readers } = file;
    const directory = places.get(backing);
    if (file.branch === null || directory === undefined) return [];
    return {
      key: backing,
      path,
      branch: names.get(directory) ?? shortPath(directory, telling),
      bytes: cachedBytes(file),
      readers: [...new Set(readers.map(nameOf))],
      isLit: isSelected(path, directory),
    };
  });
  return { tiles, others: cache.length - tiles.length };
}

function branchWords(
  t: Translate,
  words: Vocabulary,
  stage: StageState,
  { container }: Stageable,
  branch: number,
): string {
  const row = stage.rows[branch];
  if (!row) return "";
  if (words === "aufs")
    return t("lab:words.branch.aufs", { number: branch, permission: row.permission });
  if (words === "overlay2")
    return row.isWritable
      ? t("lab:words.branch.overlayRw")
      : t("lab:words.branch.overlayRo", { number: branch });
  const part = container?.branches.find(({ path }) => path === row.path)?.part;
  if (part === "init") return t("lab:words.branch.dockerInit");
  return row.isWritable ? t("lab:words.branch.dockerRw") : t("lab:words.branch.dockerRo");
}
