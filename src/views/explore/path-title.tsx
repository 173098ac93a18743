import { useState } from "react";
import { Icon } from "../marks/icons.tsx";
import { copiedName } from "../text/copied-name.ts";
import { Name } from "../text/name.tsx";
import { useWords } from "../text/words.ts";

/** Characters from where on a path may need to be scrolled. */
const LONG = 150;

/** The chosen path, safe to look at, and a button that copies what it really is. */
export function PathTitle({ path }: { readonly path: string }) {
  const { t } = useWords();
  const [result, setResult] = useState<"copied" | "notCopied" | null>(null);
  const copy = () =>
    void navigator.clipboard.writeText(copiedName(path)).then(
      () => setResult("copied"),
      () => setResult("notCopied"),
    );
  return (
    <div className="inspector-title">
      {path.length > LONG ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls
        <div
          className="inspector-long"
          role="group"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
          tabIndex={0}
          aria-label={t("explore:resolution.wholePath")}
        >
          <Path path={path} />
        </div>
      ) : (
        <Path path={path} />
      )}
      <button
        type="button"
        className="button button-quiet path-copy"
        title={t("explore:resolution.copyDetail")}
        aria-label={t("explore:resolution.copy")}
        onClick={copy}
      >
        <Icon name={result === "copied" ? "check" : "copy"} />
      </button>
      <span className="unseen" role="status">
        {result && t(`explore:resolution.${result}`)}
      </span>
    </div>
  );
}

function Path({ path }: { readonly path: string }) {
  return (
    <h3 className="inspector-path">
      <Name of={path} />
    </h3>
  );
}
