import { type ReactNode, useEffect, useState } from "react";
import { useAppState } from "../../state/app-state.ts";
import { useWords } from "../text/words.ts";
import { filesOf } from "./given-files.ts";
import "./opening.css";

/** The whole page takes files that are dropped on it or pasted into it. */
export function DropZone({ children }: { readonly children: ReactNode }) {
  const { t } = useWords();
  const openFiles = useAppState((state) => state.openFiles);
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    const open = async (transfer: DataTransfer | null) => {
      const files = transfer ? await filesOf(transfer) : [];
      if (files.length > 0) await openFiles(files, { isByHand: true, isOnTop: true });
    };
    const over = (event: DragEvent) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setOver(false);
      void open(event.dataTransfer);
    };
    const paste = (event: ClipboardEvent) => {
      if (event.clipboardData?.files.length) {
        event.preventDefault();
        void open(event.clipboardData);
      }
    };
    const stop = new AbortController();
    const { signal } = stop;
    document.addEventListener("dragover", over, { signal });
    document.addEventListener("dragleave", leave, { signal });
    document.addEventListener("drop", drop, { signal });
    document.addEventListener("paste", paste, { signal });
    return () => stop.abort();
  }, [openFiles]);

  return (
    <>
      {children}
      {isOver && (
        <div className="drop" aria-hidden="true">
          <p className="drop-words">
            <strong>{t("explore:open.drop")}</strong>
            {t("explore:open.dropDetail")}
          </p>
        </div>
      )}
    </>
  );
}
