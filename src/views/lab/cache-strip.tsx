import { scaleLog } from "d3-scale";
import { cachedBytes } from "../../engine/page-cache.ts";
import { formatBytes } from "../text/format.ts";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import type { Scene } from "./use-staged.ts";

/** Tiles that are drawn; other files, the host's own among them, are a number. */
const TILES = 8;

/** A tile for each file below that has pages in memory: its width grows with the logarithm of its bytes. */
export function CacheStrip({ scene }: { readonly scene: Scene }) {
  const { t, language } = useWords();
  const width = scaleLog().domain([1, 1e9]).range([40, 190]).clamp(true);
  const all = scene.cache;
  const inUnions = all.filter(({ branch }) => branch !== null);
  const files = inUnions.slice(-TILES);
  const others = all.length - files.length;
  return (
    <section className="lab-strip" aria-label={t("lab:cache.title")}>
      <h2>{t("lab:cache.title")}</h2>
      {all.length === 0 ? (
        <p className="lab-muted">{t("lab:cache.empty")}</p>
      ) : (
        <ul>
          {files.map((file) => {
            const { backing, path, fs, branch, reads } = file;
            const bytes = cachedBytes(file);
            const size = formatBytes(bytes, language);
            const name = branch === null ? "/" : scene.speaker.branchName(fs, branch);
            return (
              <li
                key={backing}
                className="lab-tile"
                style={{ width: width(Math.max(1, bytes)) }}
                title={t("lab:cache.tile", {
                  path: visibleText(path),
                  branch: name,
                  size,
                  count: reads,
                })}
              >
                <span className="mono">{visibleText(path.slice(path.lastIndexOf("/") + 1))}</span>
                <span className="lab-muted">
                  {size} ● ×{reads}
                  <span className="unseen">
                    {t("lab:cache.tile", {
                      path: visibleText(path),
                      branch: name,
                      size,
                      count: reads,
                    })}
                  </span>
                </span>
              </li>
            );
          })}
          {others > 0 && <li className="lab-muted">{t("lab:disk.more", { count: others })}</li>}
        </ul>
      )}
    </section>
  );
}
