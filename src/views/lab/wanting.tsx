import { useEffect, useRef, useState } from "react";
import { useAppState } from "../../state/app-state.ts";
import { keptState, readKept } from "../../state/lab-files.ts";
import { useLab } from "../../state/lab-store.ts";
import type { GivenFile } from "../../state/reader.ts";
import { chooseFiles, FileInput } from "../opening/file-input.tsx";
import { useWords } from "../text/words.ts";

/** Asks for the image that a session was made with. */
export function Wanting() {
  const { t } = useWords();
  const waiting = useLab((lab) => lab.waiting);
  const [isOther, setOther] = useState(false);
  const [isKept, setKept] = useState(false);
  const wanted = waiting?.world.type === "image" ? waiting.world.imageId : null;
  useEffect(() => {
    if (wanted !== null) void keptState(wanted).then((state) => setKept(state === "asks"));
  }, [wanted]);
  const input = useRef<HTMLInputElement>(null);
  const { open, begin } = useLab.getState();
  if (waiting?.world.type !== "image") return null;
  const { name, imageId } = waiting.world;
  const read = async (given: readonly GivenFile[]) => {
    if (given.length > 0) await useAppState.getState().openFiles(given);
    await open(waiting);
    setOther(useLab.getState().phase === "wanting");
  };
  return (
    <section className="lab-wanting" aria-labelledby="lab-wanting">
      <h2 id="lab-wanting">{t("lab:wanting.title")}</h2>
      <p>{t("lab:wanting.detail", { name, id: imageId })}</p>
      {isOther && <p role="alert">{t("lab:wanting.another")}</p>}
      {isKept && (
        <button
          type="button"
          className="button"
          onClick={() => void readKept(imageId).then((files) => read(files ?? []))}
        >
          {t("lab:wanting.again")}
        </button>
      )}
      <button
        type="button"
        className="button"
        onClick={() => void chooseFiles({ ref: input, onFiles: (given) => void read(given) })}
      >
        {t("lab:wanting.open")}
      </button>
      <FileInput ref={input} label={t("lab:wanting.open")} onFiles={(given) => void read(given)} />
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
