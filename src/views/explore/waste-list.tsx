import { Popover } from "@base-ui/react/popover";
import type { Waste, WastedFile } from "../../image/union/waste.ts";
import { useAppState } from "../../state/app-state.ts";
import { usePopupPlace } from "../header/popup-place.ts";
import { formatBytes } from "../text/format.ts";
import { Name } from "../text/name.tsx";
import { shortText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";

const FILES_SHOWN = 30;

/** What the layers store and nobody sees: the sum, and behind it the largest files, each a way to its place. */
export function WasteList({ waste }: { readonly waste: Waste }) {
  const { t, language } = useWords();
  const place = usePopupPlace();
  if (waste.wastedBytes === 0) return null;
  const sizes = {
    wasted: formatBytes(waste.wastedBytes, language),
    stored: formatBytes(waste.storedBytes, language),
  };
  const more = waste.files.length - FILES_SHOWN;
  return (
    <Popover.Root>
      <Popover.Trigger className="button waste-button" title={t("explore:waste.detail", sizes)}>
        <span>
          {t("explore:waste.total", sizes)}
          <span className="waste-of">{t("explore:waste.of", sizes)}</span>
        </span>
      </Popover.Trigger>
      <Popover.Portal container={place}>
        <Popover.Positioner className="popup-place" align="start" sideOffset={4}>
          <Popover.Popup className="popup waste">
            <Popover.Title className="popup-title">{t("explore:waste.title")}</Popover.Title>
            <Popover.Description className="waste-detail">
              {t("explore:waste.detail", sizes)}
            </Popover.Description>
            <ol className="waste-files">
              {waste.files.slice(0, FILES_SHOWN).map((file) => (
                <Wasted key={`${file.by} ${file.path}`} file={file} />
              ))}
            </ol>
            {more > 0 && <p className="waste-detail">{t("explore:waste.more", { count: more })}</p>}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Wasted({ file: { path, bytes, layer, by, how } }: { readonly file: WastedFile }) {
  const { t, language } = useWords();
  const lookAt = useAppState((state) => state.lookAt);
  const showPanel = useAppState((state) => state.showPanel);
  return (
    <li>
      <Popover.Close
        className="waste-file"
        title={t("explore:waste.show", { path: shortText(path), by })}
        onClick={() => {
          lookAt(by, path, "changes");
          showPanel("path");
        }}
      >
        <span className="waste-path">
          <Name of={path} />
        </span>
        <strong>{formatBytes(bytes, language)}</strong>
        {how !== "nothing" && (
          <span className="waste-how">{t(`explore:waste.${how}`, { layer, by })}</span>
        )}
      </Popover.Close>
    </li>
  );
}
