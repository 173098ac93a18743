import type { RefObject } from "react";
import type { GivenFile } from "../../state/reader.ts";
import { givenFile } from "./given-files.ts";

interface FileInputProps {
  readonly ref: RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly onFiles: (given: readonly GivenFile[]) => void;
}

/** Out of sight: what `chooseFiles` falls back on, and where tests and other programs put files. */
export function FileInput({ ref, label, onFiles }: FileInputProps) {
  return (
    <input
      ref={ref}
      type="file"
      multiple
      hidden
      aria-label={label}
      onChange={({ currentTarget }) => {
        const given = [...(currentTarget.files ?? [])].map(givenFile);
        currentTarget.value = "";
        if (given.length > 0) onFiles(given);
      }}
    />
  );
}

/**
 * Asks a person for files, by the browser's picker that tells where they lie (Chromium's), else by the input. To be called
 * on a click.
 */
export async function chooseFiles({
  ref,
  onFiles,
}: Pick<FileInputProps, "ref" | "onFiles">): Promise<void> {
  if (!hasPicker(window)) return ref.current?.click();
  let handles: readonly FileSystemFileHandle[];
  try {
    handles = await window.showOpenFilePicker({ multiple: true });
  } catch (refused) {
    // A person who chooses nothing aborts it; a page in a frame of another origin may not ask at all.
    const isAborted = refused instanceof DOMException && refused.name === "AbortError";
    return isAborted ? undefined : ref.current?.click();
  }
  const given = await Promise.all(
    handles.map(async (handle) => ({ name: handle.name, blob: await handle.getFile(), handle })),
  );
  if (given.length > 0) onFiles(given);
}

interface PickingWindow extends Window {
  showOpenFilePicker(options: {
    readonly multiple: true;
  }): Promise<readonly FileSystemFileHandle[]>;
}

function hasPicker(page: Window): page is PickingWindow {
  return "showOpenFilePicker" in page;
}
