import { CSPProvider } from "@base-ui/react/csp-provider";
import { useEffect } from "react";
import { I18nextProvider, initReactI18next } from "react-i18next";
import { createTranslator } from "../i18n/translator.ts";
import { useAppState } from "../state/app-state.ts";
import { Header } from "../views/header/header.tsx";

const translator = createTranslator("en");
initReactI18next.init(translator);

export function App() {
  const language = useAppState((state) => state.language);
  const theme = useAppState((state) => state.theme);
  useEffect(() => {
    document.documentElement.lang = language;
    void translator.changeLanguage(language);
  }, [language]);
  useEffect(() => {
    document.documentElement.dataset["theme"] = theme;
  }, [theme]);
  return (
    <CSPProvider disableStyleElements>
      <I18nextProvider i18n={translator}>
        <Header>{null}</Header>
        <main id="content" />
      </I18nextProvider>
    </CSPProvider>
  );
}
