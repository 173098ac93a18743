import { imageStacks, layersOf } from "../../state/lab-layers.ts";
import { useLab } from "../../state/lab-store.ts";
import { LayersPicture } from "../figures/layers-picture.tsx";
import { StacksPicture } from "../figures/stacks-picture.tsx";
import type { StageSpace } from "../stage/layout.ts";
import { useWords } from "../text/words.ts";
import { StagePanel } from "./stage-panel.tsx";
import type { Scene } from "./use-staged.ts";

/** The stage in the picture that was chosen for it. Where there is no container only the matrix can be drawn. */
export function PicturePanel({
  scene,
  rested,
  space,
  isStill,
}: {
  readonly scene: Scene;
  /** The scene that the page cache is drawn of. */
  readonly rested: Scene;
  readonly space: StageSpace;
  /** Changes are shown at once, without a movement between. */
  readonly isStill: boolean;
}) {
  const { t } = useWords();
  const picture = useLab((lab) => lab.picture);
  const selected = useLab((lab) => lab.selected);
  const { choose } = useLab.getState();
  const { present, chosen, choices } = scene.staged;
  const { telling } = scene;
  const container = chosen?.container;
  if (picture === "matrix" || !container)
    return <StagePanel {...{ scene, rested, space, isStill }} />;
  const label = t(`lab:picture.${picture}`);
  if (picture === "stacks") {
    const containers = choices.flatMap((each) => each.container ?? []);
    return (
      <StacksPicture
        stacks={imageStacks(present.host, containers)}
        shown={container.id}
        space={space}
        label={label}
        telling={telling}
        onShow={(id) =>
          choose({ union: id, directory: null, first: null, selected: null, picture: "matrix" })
        }
      />
    );
  }
  return (
    <LayersPicture
      key={container.id}
      kind={picture}
      layers={layersOf(present.host, container)}
      mount={{ path: container.mountPath, isMounted: chosen.fs !== null }}
      space={space}
      label={`${label}: ${container.name}`}
      telling={telling}
      selected={selected?.type === "layer" ? selected.directory : null}
      onSelect={(directory) => choose({ selected: { type: "layer", directory } })}
    />
  );
}
