import type { StageState } from "../../state/lab-stage.ts";
import { cellBox, copyPath, type StageLayout } from "./layout.ts";

/** The way a copy takes, from the read-only original up into the writable branch. */
export function CopyArrow({
  state,
  layout,
}: {
  readonly state: StageState;
  readonly layout: StageLayout;
}) {
  const { copy } = state;
  if (!copy || copy.column === null) return null;
  const from = cellBox(layout, { branch: copy.from, column: copy.column });
  const to = cellBox(layout, { branch: copy.to, column: copy.column });
  if (!from || !to) return null;
  return (
    <path
      className="stage-copy-arrow"
      d={copyPath(layout, copy.column, from, to)}
      markerEnd="url(#stage-arrow)"
    />
  );
}
