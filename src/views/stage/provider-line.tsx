import type { StageState } from "../../state/lab-stage.ts";
import { cellBox, inset, type StageLayout } from "./layout.ts";
import type { StageVoice } from "./voice.ts";

const FROM_EDGE = 9;

/** From the name in question, in the view, down to the branch that shows it: it points anew when another one does. */
export function ProviderLine({
  state,
  layout,
  voice,
}: {
  readonly state: StageState;
  readonly layout: StageLayout;
  readonly voice: StageVoice;
}) {
  const asked = state.columns.findIndex(({ name }) => name === voice.selected?.name);
  const at = asked >= 0 ? asked : (state.copy?.column ?? state.trail?.column ?? null);
  const column = at === null ? undefined : state.columns[at];
  const place = at === null ? undefined : layout.columns[at];
  const provider = column?.providers[0];
  if (at === null || !column || !place || provider === undefined || !state.isMounted) return null;
  const to = cellBox(layout, { branch: provider, column: at });
  if (!to) return null;
  const from = inset(layout.view, place);
  const x = place.x + place.width - FROM_EDGE;
  const top = from.y + from.height;
  return (
    <line
      key={column.name}
      className="stage-provider"
      data-provider={provider}
      x1={x}
      x2={x}
      y1="0"
      y2="1"
      style={{ transform: `translate(0px, ${top}px) scale(1, ${Math.max(1, to.y - top)})` }}
      vectorEffect="non-scaling-stroke"
    />
  );
}
