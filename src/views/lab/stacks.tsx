import { memo } from "react";
import type { StagedContainer } from "../../state/lab-containers.ts";
import type { Stageable } from "../../state/lab-staged.ts";
import { useLab } from "../../state/lab-store.ts";
import { useWords } from "../text/words.ts";

/** Rows of one small stack that are drawn; more are a number. */
const DRAWN = 14;

/**
 * Every container as a small stack on the one kernel. Layers that several share are drawn solid once, under the first;
 * the others have an empty dashed slot for it: borrowed, not copied.
 */
export const Stacks = memo(function Stacks({
  choices,
  chosen,
}: {
  readonly choices: readonly Stageable[];
  readonly chosen: Stageable | null;
}) {
  const { t } = useWords();
  const lit = useLab((lab) => (lab.selected?.type === "layer" ? lab.selected.directory : null));
  const containers = choices.flatMap(({ container }) => container ?? []);
  if (containers.length === 0) return null;
  const owners = new Map<string, string>();
  for (const { id, branches } of containers)
    for (const { path } of branches) if (!owners.has(path)) owners.set(path, id);
  const { choose, run } = useLab.getState();
  return (
    <section
      className="lab-stacks"
      aria-label={t("lab:stage.sharing", { count: containers.length })}
    >
      <h2>{t("lab:stage.sharing", { count: containers.length })}</h2>
      <ul>
        {containers.map((container) => (
          <li key={container.id} data-shown={container.id === chosen?.id}>
            <button
              type="button"
              className="lab-stack"
              aria-pressed={container.id === chosen?.id}
              onClick={() =>
                choose({ union: container.id, directory: null, first: null, selected: null })
              }
            >
              <span className="lab-stack-name">{container.name}</span>
              <SmallStack container={container} owners={owners} lit={lit} />
              <span className="lab-muted">
                {container.image.replace(/:latest$/, "")}
                {!container.isRunning && ` (${t("lab:stage.stopped")})`}
              </span>
            </button>
            <button
              type="button"
              className="button mono"
              onClick={() => void run(`docker rm -f ${container.name}`, "host")}
              aria-label={`docker rm -f ${container.name}`}
              title={`docker rm -f ${container.name}`}
            >
              docker rm
            </button>
          </li>
        ))}
      </ul>
      {chosen?.container?.volumes.map(({ source, target }) => (
        <p key={target} className="lab-volume" title={source}>
          <b>{t("lab:stage.volume")}</b> {t("lab:stage.volumeDetail", { target })}
        </p>
      ))}
      <p className="lab-kernel">{t("lab:stage.kernel")}</p>
    </section>
  );
});

function SmallStack({
  container,
  owners,
  lit,
}: {
  readonly container: StagedContainer;
  /** The directory of the selected branch. */
  readonly lit: string | null;
  readonly owners: ReadonlyMap<string, string>;
}) {
  const shown = container.branches.slice(0, DRAWN);
  const pitch = 8;
  return (
    <svg width="84" height={shown.length * pitch + 2} aria-hidden="true" focusable="false">
      {shown.map(({ path, part }, at) => {
        const isOwn = owners.get(path) === container.id;
        const kind = part === "image" ? (isOwn ? "ro" : "borrowed") : part;
        return (
          <rect
            key={path}
            className={`lab-slab lab-slab-${kind}`}
            data-lit={path === lit}
            x="1"
            y={at * pitch + 1}
            width="82"
            height={part === "rw" ? 4 : 6}
            rx="2"
          />
        );
      })}
    </svg>
  );
}
