import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/jetbrains-mono/wght.css";
import "./tokens.css";
import "./page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { initReactI18next } from "react-i18next";
import { createTranslator } from "../i18n/translator.ts";
import { useAppState } from "../state/app-state.ts";
import { followAddress } from "./address-bar.ts";
import { App } from "./app.tsx";
import { openFirst } from "./first-archive.ts";
import { openInWorker } from "./remote-reader.ts";
import { unionscope } from "./unionscope-api.ts";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no root");

useAppState.setState({ openRemote: openInWorker });
followAddress(useAppState);

const translator = createTranslator(useAppState.getState().language);
initReactI18next.init(translator);
showSettings();
useAppState.subscribe(showSettings);

createRoot(root).render(
  <StrictMode>
    <App translator={translator} />
  </StrictMode>,
);
window.unionscope = unionscope;
void openFirst(location.search).finally(() => useAppState.setState({ isGathering: false }));

/** Language and theme stand on <html>, where CSS, the browser's own controls and screen readers look. */
function showSettings(): void {
  const { language, theme } = useAppState.getState();
  const html = document.documentElement;
  if (html.lang !== language) {
    html.lang = language;
    void translator.changeLanguage(language);
  }
  html.setAttribute("data-theme", theme);
}
