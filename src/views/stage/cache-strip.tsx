import { scaleLog } from "d3-scale";
import { memo } from "react";
import type { Translate } from "../../i18n/translator.ts";
import type { Telling } from "../text/telling.ts";
import { useSlots } from "../text/use-slots.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import { firstFitting, fitted } from "./fitted.ts";
import type { Box, StageLayout } from "./layout.ts";
import type { StageVoice } from "./voice.ts";

/** A file of a branch with pages in memory, and who reads it. */
export interface CachedTile {
  readonly key: string;
  readonly path: string;
  /** The branch its inode is in. */
  readonly branch: string;
  readonly bytes: number;
  /** The containers that read it. One reader, one dot. */
  readonly readers: readonly string[];
  /** It is what is selected: the path, or in the branch. */
  readonly isLit: boolean;
}

const NARROWEST = 104;
const BETWEEN = 8;
/** Room at the end for how many more there are. */
const MORE = 66;
const DOT = 10;

/** The page cache under the stack: a tile an inode, as wide as the logarithm of its bytes, with a dot for each reader. */
export const CacheStrip = memo(function CacheStrip({
  layout,
  shown,
  telling,
}: {
  readonly layout: StageLayout;
  readonly telling: Telling;
  readonly shown: StageVoice["cache"];
}) {
  const { t } = useWords();
  const { cache } = layout;
  const { tiles, others } = shown;
  const size = layout.isLarge ? 1.5 : 1;
  const placed = cache ? placeTiles(tiles, cache, others, size) : NOTHING_PLACED;
  const before = tiles.length - placed.length;
  const slots = useSlots(placed.map((_, at) => before + at));
  if (!cache) return null;
  const more = before + others;
  const last = placed.at(-1);
  const end = last ? last.box.x + last.box.width + BETWEEN : cache.x;
  const middle = cache.y + cache.height / 2;
  const isNarrow = layout.labelWidth < 120;
  return (
    <g className="stage-cache" data-cache>
      <text className="stage-muted" x={isNarrow ? 6 : 16} y={middle}>
        {fitted(t("lab:cache.title"), layout.labelWidth - (isNarrow ? 8 : 20), 7.2)}
      </text>
      {slots.map(({ slot, item }) => {
        const shown = placed[item - before];
        if (!shown) return null;
        const { tile, box } = shown;
        return (
          <g key={slot} transform={`translate(${box.x} ${box.y})`}>
            <Tile tile={tile} width={box.width} height={box.height} size={size} telling={telling} />
          </g>
        );
      })}
      {more > 0 && (
        <text className="stage-muted" x={end} y={middle} data-more>
          {isNarrow
            ? t("lab:cache.othersShort", { count: more })
            : t(more === others ? "lab:cache.others" : "lab:disk.more", { count: more })}
        </text>
      )}
      {tiles.length + others === 0 && (
        <text className="stage-muted" x={cache.x + 8} y={middle}>
          {t("lab:cache.empty")}
        </text>
      )}
    </g>
  );
});

/** Drawn at its own origin: the strip moves it along as others come. */
const Tile = memo(function Tile({
  tile,
  width,
  height,
  size: scale,
  telling,
}: {
  readonly telling: Telling;
  readonly tile: CachedTile;
  readonly width: number;
  readonly height: number;
  /** Of its letters: 1 where a letter is 7.9 px wide. */
  readonly size: number;
}) {
  const { t } = useWords();
  const { path, branch, readers, isLit } = tile;
  const name = visibleText(path.slice(path.lastIndexOf("/") + 1));
  const room = width - 12;
  const dots = readers.slice(0, Math.floor(room / DOT));
  const sizes = telling.sizes(tile.bytes);
  const words = tileWords(t, tile, telling);
  return (
    <g className="stage-tile" data-tile={name} data-readers={readers.length} data-lit={isLit}>
      <title>{words}</title>
      <rect width={width} height={height} rx="4" />
      <text className="stage-mono" x={6} y={height * 0.32}>
        {fitted(name, room, 7.9 * scale)}
      </text>
      <text className="stage-muted" x={6} y={height * 0.74}>
        {firstFitting([...sizes.map((each) => `${branch} · ${each}`), ...sizes], room, 6.9 * scale)}
      </text>
      {dots.map((reader, at) => (
        <circle key={reader} className="stage-reader" cx={width - 8 - at * DOT} cy={0} r="4.2" />
      ))}
    </g>
  );
});

/** All that a tile says, in words. */
export function tileWords(t: Translate, tile: CachedTile, telling: Telling): string {
  const words = t("lab:cache.tile", {
    path: visibleText(tile.path),
    branch: tile.branch,
    size: telling.size(tile.bytes),
    readers: tile.readers.join(t("events:list")),
  });
  return tile.isLit ? t("lab:cache.lit", { tile: words }) : words;
}

const NOTHING_PLACED: ReturnType<typeof placeTiles> = [];

/** As many tiles as there is room for, the last read ones, in the order they were first read. */
function placeTiles(tiles: readonly CachedTile[], cache: Box, others: number, scale: number) {
  const width = scaleLog()
    .domain([1, 1e9])
    .range([NARROWEST * scale, 210 * scale])
    .clamp(true);
  const fit: { readonly tile: CachedTile; readonly width: number }[] = [];
  let left = cache.width;
  for (let at = tiles.length - 1; at >= 0; at--) {
    const tile = tiles[at];
    if (!tile) break;
    const room = left - BETWEEN - (at > 0 || others > 0 ? MORE * scale : 0);
    // The last one read is shown on the narrowest stage too.
    const least = fit.length === 0 ? Math.max(room, NARROWEST) : Number.POSITIVE_INFINITY;
    const own = Math.min(width(Math.max(1, tile.bytes)), least);
    if (own > room && fit.length > 0) break;
    fit.unshift({ tile, width: own });
    left -= own + BETWEEN;
  }
  let x = cache.x;
  return fit.map(({ tile, width: own }) => {
    const box: Box = { x, y: cache.y + 4, width: own, height: cache.height - 4 };
    x += own + BETWEEN;
    return { tile, box };
  });
}
