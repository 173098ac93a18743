import { Menu } from "@base-ui/react/menu";
import { useRef } from "react";
import { useAppState } from "../../state/app-state.ts";
import type { GivenFile } from "../../state/reader.ts";
import { usePopupPlace } from "../header/popup-place.ts";
import { useWords } from "../text/words.ts";
import { chooseFiles, FileInput } from "./file-input.tsx";
import { givenFile } from "./given-files.ts";

/** "Open…": files (several layers are one image, base first) or a folder that holds an OCI layout. */
export function OpenMenu() {
  const place = usePopupPlace();
  const { t } = useWords();
  const openFiles = useAppState((state) => state.openFiles);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const take = (given: readonly GivenFile[]) => void openFiles(given, { isByHand: true });
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className="button open-button">{t("explore:open.button")}</Menu.Trigger>
        <Menu.Portal container={place}>
          <Menu.Positioner className="popup-place" align="end" sideOffset={4}>
            <Menu.Popup className="menu">
              <Menu.Item
                className="menu-item"
                onClick={() => void chooseFiles({ ref: files, onFiles: take })}
              >
                {t("explore:open.files")}
              </Menu.Item>
              <Menu.Item className="menu-item" onClick={() => folder.current?.click()}>
                {t("explore:open.folder")}
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <FileInput ref={files} label={t("explore:open.files")} onFiles={take} />
      <input
        ref={(input) => {
          folder.current = input;
          if (input) input.webkitdirectory = true; // React knows no such attribute
        }}
        type="file"
        hidden
        aria-label={t("explore:open.folder")}
        onChange={({ currentTarget }) => {
          const given = [...(currentTarget.files ?? [])].map(givenFile);
          currentTarget.value = "";
          if (given.length > 0) take(given);
        }}
      />
    </>
  );
}
