import { useAppState } from "../../state/app-state.ts";
import { currentArchive, currentImage } from "../../state/current.ts";
import { PANELS } from "../../state/panel.ts";
import { Segmented } from "../marks/segmented.tsx";
import { BranchStack } from "../stack/branch-stack.tsx";
import { useWords } from "../text/words.ts";
import { TreePanel } from "../tree/tree-panel.tsx";
import { Empty, hasLayers } from "./empty.tsx";
import { FaultBoundary } from "./fault-boundary.tsx";
import { Inspector } from "./inspector.tsx";
import { Notices } from "./notices.tsx";
import "./explore.css";

/** Stack, tree and resolution path side by side; on a narrow screen one of them, chosen at the foot. */
export function ExploreScreen() {
  const { t } = useWords();
  const archive = useAppState(currentArchive);
  const image = useAppState(currentImage);
  const isLooking = useAppState(
    (state) => state.isGathering || state.archives.some(({ phase }) => phase === "looking"),
  );
  const place = useAppState((state) =>
    [state.archive, state.image, state.layer, state.mode, state.path, state.semantics].join(" "),
  );
  const panel = useAppState((state) => state.panel);
  const showPanel = useAppState((state) => state.showPanel);
  return (
    <main id="content" className="explore" data-panel={panel}>
      <Notices />
      {archive && hasLayers(image) && (
        <>
          <FaultBoundary resetBy={place}>
            <BranchStack archive={archive} image={image} />
          </FaultBoundary>
          <FaultBoundary resetBy={place}>
            <TreePanel />
          </FaultBoundary>
          <FaultBoundary resetBy={place}>
            <Inspector />
          </FaultBoundary>
          <div className="explore-foot">
            <Segmented
              label={t("explore:panel.label")}
              value={panel}
              onChange={showPanel}
              choices={PANELS.map((value) => ({
                value,
                words: t(`explore:panel.${value}`),
                detail: "",
              }))}
            />
          </div>
        </>
      )}
      {!(archive && hasLayers(image)) && !isLooking && <Empty archive={archive} image={image} />}
    </main>
  );
}
