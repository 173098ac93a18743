import { memo } from "react";
import { useAppState } from "../../state/app-state.ts";
import { currentArchive, currentImage } from "../../state/current.ts";
import { imageKey } from "../../state/lab-shell-runner.ts";
import { useLab } from "../../state/lab-store.ts";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";

/** Offers to run the image that Explore shows, when it is somebody's own and not the one that runs. */
export const Offer = memo(function Offer() {
  const { t } = useWords();
  const archive = useAppState(currentArchive);
  const image = useAppState(currentImage);
  const world = useLab((lab) => lab.world);
  if (!archive || archive.isSample || image?.kind !== "image") return null;
  const imageId = imageKey(archive, image);
  if (world.type === "image" && world.imageId === imageId) return null;
  const name = image.refs[0] ?? archive.name;
  return (
    <button
      type="button"
      className="button lab-offer"
      title={t("lab:offer.detail", { name })}
      onClick={() => void useLab.getState().begin({ type: "image", imageId, name })}
    >
      <span className="lab-world-name">{t("lab:offer.run", { name: shortText(name) })}</span>
    </button>
  );
});
