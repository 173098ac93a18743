import { CSPProvider } from "@base-ui/react/csp-provider";
import type { i18n } from "i18next";
import { lazy, Suspense } from "react";
import { I18nextProvider } from "react-i18next";
import { useAppState } from "../state/app-state.ts";
import { ExploreScreen } from "../views/explore/explore-screen.tsx";
import { Summary } from "../views/explore/summary.tsx";
import { Header } from "../views/header/header.tsx";
import { ScreenNav } from "../views/header/screen-nav.tsx";
import { DropZone } from "../views/opening/drop-zone.tsx";
import { OpenMenu } from "../views/opening/open-menu.tsx";
import { ImagePicker } from "../views/picker/image-picker.tsx";
import { SearchButton } from "../views/search/search-button.tsx";

/** The Lab brings the simulated host with it, so it is loaded when it is first shown. */
const LabScreen = lazy(async () => {
  const { LabScreen: screen } = await import("../views/lab/lab-screen.tsx");
  return { default: screen };
});

/** The page: one line of chrome and a screen. */
export function App({ translator }: { readonly translator: i18n }) {
  const isLab = useAppState((state) => state.screen === "lab");
  return (
    <CSPProvider disableStyleElements>
      <I18nextProvider i18n={translator}>
        <DropZone>
          <Header>
            <ScreenNav />
            {!isLab && <ImagePicker />}
            {!isLab && <Summary />}
            {!isLab && <SearchButton />}
            <OpenMenu />
          </Header>
          {isLab ? (
            <Suspense fallback={<main id="content" aria-busy="true" />}>
              <LabScreen />
            </Suspense>
          ) : (
            <ExploreScreen />
          )}
        </DropZone>
      </I18nextProvider>
    </CSPProvider>
  );
}
