import { CSPProvider } from "@base-ui/react/csp-provider";
import type { i18n } from "i18next";
import { I18nextProvider } from "react-i18next";
import { ExploreScreen } from "../views/explore/explore-screen.tsx";
import { Summary } from "../views/explore/summary.tsx";
import { Header } from "../views/header/header.tsx";
import { ScreenNav } from "../views/header/screen-nav.tsx";
import { DropZone } from "../views/opening/drop-zone.tsx";
import { OpenMenu } from "../views/opening/open-menu.tsx";
import { ImagePicker } from "../views/picker/image-picker.tsx";

/** The page: one line of chrome and a screen. */
export function App({ translator }: { readonly translator: i18n }) {
  return (
    <CSPProvider disableStyleElements>
      <I18nextProvider i18n={translator}>
        <DropZone>
          <Header>
            <ScreenNav />
            <ImagePicker />
            <Summary />
            <OpenMenu />
          </Header>
          <ExploreScreen />
        </DropZone>
      </I18nextProvider>
    </CSPProvider>
  );
}
