import { useState } from "react";
import { useAppState } from "../../state/app-state.ts";
import { useLab } from "../../state/lab-store.ts";
import { useWords } from "../text/words.ts";

/** Asks for the image that a session was made with. */
export function Wanting() {
  const { t } = useWords();
  const waiting = useLab((lab) => lab.waiting);
  const [isOther, setOther] = useState(false);
  const { open, begin } = useLab.getState();
  if (waiting?.world.type !== "image") return null;
  const { name, imageId } = waiting.world;
  const read = async (files: FileList | null) => {
    if (!files || files.length === 0) return;
    const given = [...files].map((blob) => ({ name: blob.name, blob }));
    await useAppState.getState().openFiles(given);
    await open(waiting);
    setOther(useLab.getState().phase === "wanting");
  };
  return (
    <section className="lab-wanting" aria-labelledby="lab-wanting">
      <h2 id="lab-wanting">{t("lab:wanting.title")}</h2>
      <p>{t("lab:wanting.detail", { name, id: imageId })}</p>
      {isOther && <p role="alert">{t("lab:wanting.another")}</p>}
      <label className="button">
        {t("lab:wanting.open")}
        <input
          type="file"
          className="unseen"
          multiple
          onChange={(event) => void read(event.target.files)}
        />
      </label>
      <button
        type="button"
        className="button"
        onClick={() => void begin({ type: "built-in", name: "kv" })}
      >
        {t("lab:wanting.anew")}
      </button>
    </section>
  );
}
