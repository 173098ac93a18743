import type { ImageEntry } from "../../image/image.ts";
import { verificationOf } from "../../image/image.ts";
import { useAppState } from "../../state/app-state.ts";
import type { OpenArchive } from "../../state/archives.ts";
import { currentArchive, currentImage, layerStates } from "../../state/current.ts";
import { Icon } from "../marks/icons.tsx";
import { ProblemsDialog } from "../problems/problems-dialog.tsx";
import { formatBytes } from "../text/format.ts";
import { useWords } from "../text/words.ts";
import { hasLayers } from "./empty.tsx";
import { WasteList } from "./waste-list.tsx";

/** The image in one line: how many layers, how large, whether it is what it claims, and what is being done. */
export function Summary() {
  const archive = useAppState(currentArchive);
  const image = useAppState(currentImage);
  const waste = useAppState((state) => state.waste);
  if (!archive || !hasLayers(image)) return null;
  return (
    <div className="summary">
      <Figures archive={archive} image={image} />
      {waste && <WasteList waste={waste} />}
      <ProblemsDialog archive={archive} image={image} />
    </div>
  );
}

function Figures({
  archive,
  image,
}: {
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
}) {
  const { t, language } = useWords();
  const readImage = useAppState((state) => state.readImage);
  const cancelReading = useAppState((state) => state.cancelReading);
  const states = layerStates(archive, image);
  const read = states.flatMap((state) => (state.phase === "read" ? [state] : []));
  const size = read.reduce((sum, { index }) => sum + index.fileBytes, 0);
  const entries = read.reduce((sum, { index }) => sum + index.entries, 0);
  const isReading = archive.phase === "reading" || archive.phase === "looking";
  return (
    <p className="summary-words">
      <span role="status">
        {isReading ? (
          <span className="summary-part">
            {t("explore:phase.reading", { done: read.length, total: states.length })}
          </span>
        ) : (
          <>
            <span className="summary-part">
              {t("explore:picker.layers", { count: states.length })} ·
            </span>
            <span className="summary-part">{formatBytes(size, language)} ·</span>
            <span className="summary-part summary-entries">
              {t("explore:stack.entries", { count: entries })} ·
            </span>
            <span className="summary-part">
              <Verified archive={archive} image={image} />
            </span>
          </>
        )}
      </span>
      {isReading && (
        <button type="button" className="button" onClick={() => cancelReading(archive.id)}>
          {t("cancel")}
        </button>
      )}
      {archive.phase === "cancelled" && (
        <button
          type="button"
          className="button"
          onClick={() => void readImage(archive.id, image.index)}
        >
          {t("explore:phase.readOn")}
        </button>
      )}
    </p>
  );
}

function Verified({
  archive,
  image,
}: {
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
}) {
  const { t } = useWords();
  if (archive.phase === "cancelled") return t("explore:phase.cancelled");
  if (archive.phase === "verifying") return t("explore:phase.verifying");
  const isDeclared = image.layers.some(({ layer, diffId }) => {
    const blob = archive.archive?.layers.find(({ key }) => key === layer);
    return diffId !== null || typeof blob?.digest === "string";
  });
  if (!isDeclared) return t("explore:phase.noDigests");
  const results = image.layers.map((layer) => {
    const state = archive.layers.get(layer.layer);
    const blob = archive.archive?.layers.find(({ key }) => key === layer.layer);
    const digests = state?.phase === "read" ? (state.digests ?? undefined) : undefined;
    return blob ? verificationOf(layer, blob, digests) : "not-checked";
  });
  const differing = results.filter((result) => result === "differs").length;
  if (differing > 0)
    return (
      <strong className="summary-fault">
        <Icon name="cross" /> {t("explore:phase.someDiffer", { count: differing })}
      </strong>
    );
  const verified = results.filter((result) => result === "verified").length;
  if (verified === 0) return t("explore:phase.notChecked");
  if (verified < results.length)
    return t("explore:phase.someVerified", { count: verified, total: results.length });
  return (
    <>
      {t("explore:phase.allVerified")} <Icon name="check" />
    </>
  );
}
