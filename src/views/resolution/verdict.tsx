import { setApart } from "../../i18n/event-sentence.ts";
import type { LayerIndex } from "../../image/image.ts";
import type { UnionResolution } from "../../image/union/resolution.ts";
import { unionFor } from "../../state/analysis.ts";
import { formatBytes } from "../text/format.ts";
import { layerRanges } from "../text/layer-ranges.ts";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";

/** One sentence for the moment: found or not, why, and what lies hidden below; names are set apart in it. */
export function useVerdict(found: UnionResolution, layers: readonly LayerIndex[], path: string) {
  const { t, language, gap } = useWords();
  const { resolution, winner, versions, upto, shows } = found;
  const sentences: string[] = [];
  const hidden = versions.filter(({ state }) => state === "hidden");
  const first = hidden[0];
  if (path === "/") sentences.push(t("explore:resolution.root"));
  else if (resolution.errno === null && winner) {
    const merged = versions.filter(({ state }) => state === "winner" || state === "merged");
    const asked = resolution.steps.at(-1)?.visits.length ?? 1;
    if (resolution.kind !== "dir" && asked > 1)
      sentences.push(t("explore:resolution.foundAfter", { layer: winner.layer, count: asked - 1 }));
    else if (resolution.kind !== "dir")
      sentences.push(t("explore:resolution.foundFirst", { layer: winner.layer }));
    else if (merged.length > 1)
      sentences.push(
        t("explore:resolution.foundMerged", {
          layer: winner.layer,
          layers: layerRanges(merged.map(({ layer }) => layer)).join(t("events:list")),
        }),
      );
    else sentences.push(t("explore:resolution.foundDir", { layer: winner.layer }));
  } else sentences.push(...whyNot());

  function whyNot(): readonly string[] {
    if (first?.how && first.by !== null)
      return [
        t(`explore:resolution.${first.how}`, {
          by: first.by,
          at: setApart(shortText(first.at ?? path)),
        }),
      ];
    const last = resolution.steps.at(-1);
    if (last && last.result.whiteout >= 0)
      return [
        t("explore:resolution.whiteout", {
          by: upto - last.result.whiteout,
          at: setApart(shortText(last.path)),
        }),
      ];
    if (resolution.errno === "ENOENT")
      return [
        t("explore:resolution.nowhere", {
          name: setApart(shortText(last?.name ?? path)),
        }),
      ];
    return [t("explore:resolution.errno", { errno: resolution.errno ?? "ENOENT" })];
  }

  const union = unionFor(layers);
  const bytes = hidden.reduce(
    (sum, { layer, row }) => sum + (union[shows][layer - 1]?.tree.size[row] ?? 0),
    0,
  );
  if (hidden.length > 0 && bytes > 0)
    sentences.push(
      t("explore:resolution.hides", { count: hidden.length, size: formatBytes(bytes, language) }),
    );
  const isFound = path === "/" || resolution.errno === null;
  return {
    lead: t(isFound ? "explore:resolution.found" : "explore:resolution.notFound"),
    rest: sentences.join(gap),
  };
}
