import { Menu } from "@base-ui/react/menu";
import { LANGUAGES, type Language } from "../../i18n/catalogue.ts";
import { useAppState } from "../../state/app-state.ts";
import { THEMES, type Theme } from "../../state/settings.ts";
import { Icon } from "../marks/icons.tsx";
import { useWords } from "../text/words.ts";
import { usePopupPlace } from "./popup-place.ts";

/** Language and theme, both also in the URL. */
export function Preferences() {
  return (
    <div className="preferences">
      <LanguageMenu />
      <ThemeMenu />
    </div>
  );
}

const SHORT_NAMES: Readonly<Record<Language, string>> = { en: "EN", "zh-Hans": "中文" };

function LanguageMenu() {
  const place = usePopupPlace();
  const { t } = useWords();
  const language = useAppState((state) => state.language);
  const setLanguage = useAppState((state) => state.setLanguage);
  return (
    <Menu.Root>
      <Menu.Trigger className="button button-quiet">
        <span className="unseen">
          {t("language")}: {SHORT_NAMES[language]}
        </span>
        <span className="languages" aria-hidden="true">
          <span data-current={language === "en" || undefined}>{SHORT_NAMES.en}</span>
          {" · "}
          <span data-current={language === "zh-Hans" || undefined}>{SHORT_NAMES["zh-Hans"]}</span>
        </span>
      </Menu.Trigger>
      <Menu.Portal container={place}>
        <Menu.Positioner className="popup-place" align="end" sideOffset={4}>
          <Menu.Popup className="menu">
            <Menu.RadioGroup
              value={language}
              onValueChange={(value: Language) => setLanguage(value)}
            >
              {Object.entries(LANGUAGES).map(([tag, name]) => (
                <Menu.RadioItem key={tag} value={tag} className="menu-item" lang={tag} closeOnClick>
                  <Tick />
                  {name}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function ThemeMenu() {
  const place = usePopupPlace();
  const { t } = useWords();
  const theme = useAppState((state) => state.theme);
  const setTheme = useAppState((state) => state.setTheme);
  return (
    <Menu.Root>
      <Menu.Trigger className="button button-quiet" aria-label={t("theme.label")}>
        <Icon name="theme" />
      </Menu.Trigger>
      <Menu.Portal container={place}>
        <Menu.Positioner className="popup-place" align="end" sideOffset={4}>
          <Menu.Popup className="menu">
            <Menu.RadioGroup value={theme} onValueChange={(value: Theme) => setTheme(value)}>
              {THEMES.map((each) => (
                <Menu.RadioItem key={each} value={each} className="menu-item" closeOnClick>
                  <Tick />
                  {t(`theme.${each}`)}
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Tick() {
  return (
    <span className="menu-tick">
      <Menu.RadioItemIndicator>
        <Icon name="check" />
      </Menu.RadioItemIndicator>
    </span>
  );
}
