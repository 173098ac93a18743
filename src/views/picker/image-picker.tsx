import { Menu } from "@base-ui/react/menu";
import type { ImageEntry } from "../../image/image.ts";
import { useAppState } from "../../state/app-state.ts";
import type { OpenArchive } from "../../state/archives.ts";
import { currentArchive, currentImage } from "../../state/current.ts";
import { Icon } from "../marks/icons.tsx";
import { Name } from "../text/name.tsx";
import { visibleText } from "../text/visible-name.ts";
import { useWords } from "../text/words.ts";
import "./picker.css";
import { usePopupPlace } from "../header/popup-place.ts";

/** Which image of which open archive is shown; archives are closed here too. */
export function ImagePicker() {
  const place = usePopupPlace();
  const { t } = useWords();
  const archives = useAppState((state) => state.archives);
  const archive = useAppState(currentArchive);
  const image = useAppState(currentImage);
  const index = useAppState((state) => state.image);
  const selectImage = useAppState((state) => state.selectImage);
  const closeArchive = useAppState((state) => state.closeArchive);
  if (!archive) return null;
  return (
    <Menu.Root>
      <Menu.Trigger className="button picker">
        <span className="unseen">{t("explore:picker.label")}: </span>
        <span className="picker-name">
          {image ? <ImageName archive={archive} image={image} /> : <Name of={archive.name} />}
        </span>
        <Icon name="down" />
      </Menu.Trigger>
      <Menu.Portal container={place}>
        <Menu.Positioner className="popup-place" align="start" sideOffset={4}>
          <Menu.Popup className="menu">
            {archives.map((each) => (
              <Menu.Group key={each.id} className="picker-archive">
                <Menu.GroupLabel className="picker-file">
                  <Name of={each.name} />
                </Menu.GroupLabel>
                <Menu.RadioGroup
                  value={each.id === archive.id ? index : -1}
                  onValueChange={(value: number) => selectImage(each.id, value)}
                >
                  {each.archive?.images.map((entry) => (
                    <Menu.RadioItem
                      key={entry.index}
                      value={entry.index}
                      className="menu-item"
                      disabled={entry.kind !== "image"}
                      closeOnClick
                    >
                      <span className="menu-tick">
                        <Menu.RadioItemIndicator>
                          <Icon name="check" />
                        </Menu.RadioItemIndicator>
                      </span>
                      <ImageName archive={each} image={entry} />
                    </Menu.RadioItem>
                  ))}
                </Menu.RadioGroup>
                <Menu.Item className="menu-item" onClick={() => closeArchive(each.id)}>
                  <span className="menu-tick">
                    <Icon name="cross" />
                  </span>
                  <span>{t("explore:picker.close", { name: visibleText(each.name) })}</span>
                </Menu.Item>
              </Menu.Group>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function ImageName({
  archive,
  image,
}: {
  readonly archive: OpenArchive;
  readonly image: ImageEntry;
}) {
  const { t } = useWords();
  const { platform, refs, kind } = image;
  const name =
    refs.length > 0
      ? refs.join(" ")
      : archive.archive?.format === "layers"
        ? archive.name
        : t("explore:picker.nameless", { number: image.index + 1 });
  const where = platform
    ? [platform.os, platform.architecture, platform.variant].filter((part) => part !== "").join("/")
    : "";
  return (
    <span>
      <Name of={name} />
      {where !== "" && (
        <>
          {" · "}
          <Name of={where} />
        </>
      )}
      {kind !== "image" && ` · ${t(`explore:picker.${kind}`)}`}
    </span>
  );
}
