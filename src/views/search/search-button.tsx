import { lazy, Suspense, useEffect, useState } from "react";
import { useReadLayers } from "../../state/use-layers.ts";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";
import "./search.css";

/** It is not needed to see an image, so it is loaded when it is first asked for. */
const SearchDialog = lazy(async () => {
  const { SearchDialog: dialog } = await import("./search-dialog.tsx");
  return { default: dialog };
});

/** "Search all layers", by the button or Ctrl + K. */
export function SearchButton() {
  const { t } = useWords();
  const layers = useReadLayers();
  const [isOpen, setOpen] = useState(false);
  const hasLayers = layers.length > 0;
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      if (event.altKey || event.shiftKey || !hasLayers) return;
      event.preventDefault();
      setOpen(true);
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [hasLayers]);
  if (!hasLayers) return null;
  return (
    <>
      <button
        type="button"
        className="button search-button"
        aria-label={t("explore:search.title")}
        title={t("explore:search.keys")}
        aria-keyshortcuts="Control+K"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        <Icon name="search" />
        <span className="search-word">{t("explore:search.button")}</span>
      </button>
      {isOpen && (
        <Suspense>
          <SearchDialog layers={layers} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
