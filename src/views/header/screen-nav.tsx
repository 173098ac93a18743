import { useAppState } from "../../state/app-state.ts";
import { SCREENS } from "../../state/settings.ts";
import { useWords } from "../text/words.ts";

/** The screens there are; the shown one is marked. */
export function ScreenNav() {
  const { t } = useWords();
  const screen = useAppState((state) => state.screen);
  const showScreen = useAppState((state) => state.showScreen);
  return (
    <nav className="header-nav" aria-label={t("nav.label")}>
      {SCREENS.map((each) => (
        <button
          key={each}
          type="button"
          className="button button-quiet"
          aria-current={each === screen ? "page" : undefined}
          onClick={() => showScreen(each)}
        >
          {t(`nav.${each}`)}
        </button>
      ))}
    </nav>
  );
}
