import { Menu } from "@base-ui/react/menu";
import { memo, useRef } from "react";
import { useAppState } from "../../state/app-state.ts";
import { imageKey } from "../../state/lab-shell-runner.ts";
import { useLab } from "../../state/lab-store.ts";
import { FIGURE_NAMES, FIGURES, type FigureName, WORLDS } from "../../state/lab-worlds.ts";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";

/** The worlds there are, opened archives among them, and the figures of the texts. */
export const WorldMenu = memo(function WorldMenu() {
  const { t } = useWords();
  const world = useLab((lab) => lab.world);
  const archives = useAppState((state) => state.archives);
  const { begin } = useLab.getState();
  const place = useRef<HTMLDivElement>(null);
  const images = archives.flatMap((entry) =>
    (entry.archive?.images ?? [])
      .filter(({ kind }) => kind === "image")
      .map((image) => ({ key: imageKey(entry, image), name: image.refs[0] ?? entry.name })),
  );
  const label =
    world.type === "built-in"
      ? t(`lab:world.${world.name}`)
      : t("lab:world.image", { name: world.name });
  return (
    <div ref={place} className="lab-worlds">
      <Menu.Root>
        <Menu.Trigger className="button lab-world">
          <span className="lab-world-name">{label}</span> <Icon name="down" />
        </Menu.Trigger>
        <Menu.Portal container={place}>
          <Menu.Positioner className="popup-place" align="start" sideOffset={4}>
            <Menu.Popup className="menu">
              <Menu.Group>
                <Menu.GroupLabel className="menu-label">{t("lab:menu.worlds")}</Menu.GroupLabel>
                {WORLDS.map((name) => (
                  <Menu.Item
                    key={name}
                    className="menu-item"
                    aria-current={world.type === "built-in" && world.name === name}
                    onClick={() => void begin({ type: "built-in", name })}
                  >
                    {t(`lab:world.${name}`)}
                    <Here />
                  </Menu.Item>
                ))}
                {images.map(({ key, name }) => (
                  <Menu.Item
                    key={key}
                    className="menu-item"
                    aria-current={world.type === "image" && world.imageId === key}
                    onClick={() => void begin({ type: "image", imageId: key, name })}
                  >
                    {t("lab:world.image", { name })}
                    <Here />
                  </Menu.Item>
                ))}
              </Menu.Group>
              <Menu.Group>
                <Menu.GroupLabel className="menu-label">{t("lab:menu.figures")}</Menu.GroupLabel>
                {FIGURE_NAMES.map((name) => (
                  <Menu.Item key={name} className="menu-item" onClick={() => void showFigure(name)}>
                    {t(`lab:figure.${name}`)}
                  </Menu.Item>
                ))}
              </Menu.Group>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
    </div>
  );
});

/** A tick, seen in the item of the world one is in. */
function Here() {
  return (
    <span className="lab-here">
      <Icon name="check" />
    </span>
  );
}

async function showFigure(name: FigureName): Promise<void> {
  const { world, lines, picture } = FIGURES[name];
  const { begin, choose } = useLab.getState();
  await begin({ type: "built-in", name: world });
  choose({ picture, figure: name });
  for (const [prompt, line] of lines) await useLab.getState().run(line, prompt);
}
