import { type ReactNode, useRef } from "react";
import { Sign } from "../marks/icons.tsx";
import { PopupPlace } from "./popup-place.ts";
import "./header.css";
import { useWords } from "../text/words.ts";
import { Preferences } from "./preferences.tsx";

/** The one line of chrome. `children` is what the screen below puts into it. */
export function Header({ children }: { readonly children: ReactNode }) {
  const { t } = useWords();
  const header = useRef<HTMLElement>(null);
  return (
    <PopupPlace value={header}>
      <header ref={header} className="header">
        <a className="skip" href="#content">
          {t("skip")}
        </a>
        <h1 className="header-name">
          <Sign />
          {t("name")}
        </h1>
        {children}
        <Preferences />
      </header>
    </PopupPlace>
  );
}
