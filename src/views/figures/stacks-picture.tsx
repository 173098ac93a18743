import type { ImageLayer, ImageStack } from "../../state/lab-layers.ts";
import { firstFitting, fitted } from "../stage/fitted.ts";
import type { Box, StageSpace } from "../stage/layout.ts";
import type { Telling } from "../text/telling.ts";
import { useWords } from "../text/words.ts";
import { Figure } from "./figure.tsx";
import { Pressable } from "./pressable.tsx";
import { layOutStacks, type PlacedStack } from "./stacks-layout.ts";

interface StacksPictureProps {
  readonly stacks: readonly ImageStack[];
  readonly shown: string | null;
  readonly space: StageSpace;
  readonly label: string;
  readonly telling: Telling;
  readonly onShow: (container: string) => void;
}

/** Every image as a stack on the one kernel, its containers as slivers on top. What two share is drawn solid once. */
export function StacksPicture({
  stacks,
  shown,
  space,
  label,
  telling,
  onShow,
}: StacksPictureProps) {
  const { t } = useWords();
  const layout = layOutStacks(stacks, space);
  const more = stacks.length - layout.stacks.length;
  return (
    <Figure picture="stacks" size={layout} isLarge={space.isLarge} label={label}>
      {layout.stacks.map((placed) => {
        const { stack } = placed;
        return (
          <g key={stack.key} data-stack={stack.name}>
            <Containers {...{ placed, shown, onShow }} />
            <text className="stage-strong stage-middle" {...placed.name}>
              {fitted(stack.name, placed.width + 8, 7.6)}
            </text>
            {placed.rows.map(({ box, at }) => {
              if (at === null)
                return (
                  <g key="fold">
                    <rect className="stage-row-fold" {...box} rx="5" />
                    <text
                      className="stage-muted stage-middle"
                      x={box.x + box.width / 2}
                      y={box.y + box.height / 2}
                    >
                      {t("lab:figurePart.fold", { count: placed.folded })}
                    </text>
                  </g>
                );
              const layer = stack.layers[at];
              return layer && <Layer key={layer.id} {...{ layer, box, telling }} />;
            })}
          </g>
        );
      })}
      {layout.loans.map(({ id, way }) => (
        <path
          key={`${id}${way}`}
          className="figure-arrow"
          d={way}
          data-loan={id}
          markerEnd="url(#figure-arrow)"
        />
      ))}
      <rect className="stage-kernel" {...layout.kernel} rx="5" />
      <text
        className="figure-on-kernel stage-middle"
        x={layout.kernel.x + layout.kernel.width / 2}
        y={layout.kernel.y + layout.kernel.height / 2}
      >
        {t("lab:stage.kernel")}
        {more > 0 && ` · ${t("lab:figurePart.moreStacks", { count: more })}`}
      </text>
    </Figure>
  );
}

function Layer({
  layer,
  box,
  telling,
}: Pick<StacksPictureProps, "telling"> & { readonly layer: ImageLayer; readonly box: Box }) {
  const { t } = useWords();
  const isBorrowed = layer.owner !== null;
  const sizes = telling.sizes(layer.bytes);
  const words = isBorrowed
    ? [t("lab:figurePart.borrowed", { label: layer.label })]
    : [
        `${layer.label} ${telling.ids(layer.id)} ${sizes[0]}`,
        ...sizes.map((size) => `${layer.label} ${size}`),
      ];
  return (
    <g className="figure-image" data-borrowed={isBorrowed}>
      <rect className={isBorrowed ? "figure-borrowed" : "figure-slab"} {...box} rx="5" />
      {box.height > 13 && (
        <text
          className={isBorrowed ? "stage-muted stage-middle" : "stage-mono stage-middle"}
          x={box.x + box.width / 2}
          y={box.y + box.height / 2}
        >
          {firstFitting(words, box.width - 8, 7.6)}
        </text>
      )}
      <title>{`${layer.id} · ${sizes[0]}`}</title>
    </g>
  );
}

/** The thin writable branches on one image: as many slivers side by side, under a bracket that counts them. */
function Containers({
  placed,
  shown,
  onShow,
}: {
  readonly placed: PlacedStack;
  readonly shown: string | null;
  readonly onShow: (container: string) => void;
}) {
  const { t } = useWords();
  const { stack, slivers } = placed;
  const { containers } = stack;
  const width = slivers.width / Math.max(1, containers.length);
  const left = slivers.x + 1;
  const right = slivers.x + slivers.width - 1;
  const top = slivers.y - 8;
  return (
    <g>
      {containers.map(({ id, name, isRunning }, at) => {
        const x = slivers.x + at * width;
        return (
          <Pressable
            key={id}
            className="figure-sliver"
            label={t(isRunning ? "lab:figurePart.container" : "lab:figurePart.stopped", { name })}
            isPressed={id === shown}
            data-running={isRunning}
            onPress={() => onShow(id)}
          >
            <rect
              x={x + 1}
              y={slivers.y}
              width={Math.max(3, width - 2)}
              height={slivers.height}
              rx="3"
            />
            {name.length * 7.4 < width - 6 && (
              <text className="stage-middle" x={x + width / 2} y={slivers.y + slivers.height / 2}>
                {name}
              </text>
            )}
            <title>{name}</title>
          </Pressable>
        );
      })}
      {containers.length > 1 && (
        <>
          <path
            className="figure-bracket"
            d={`M${left},${slivers.y - 3}V${top}H${right}V${slivers.y - 3}`}
          />
          <text
            className="stage-strong stage-middle"
            x={slivers.x + slivers.width / 2}
            y={top - 10}
          >
            {`×${containers.length}`}
          </text>
        </>
      )}
      {containers.length === 0 && (
        <text
          className="stage-muted stage-middle"
          x={slivers.x + slivers.width / 2}
          y={slivers.y + slivers.height / 2}
        >
          {fitted(t("lab:figurePart.noContainer"), placed.width, 7)}
        </text>
      )}
    </g>
  );
}
