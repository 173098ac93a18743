import { memo, useState } from "react";
import { useWords } from "../text/words.ts";
import { momentLink } from "./moment-link.ts";

/** A link to this very moment: what was typed, the place in time, and the hash that proves the state. */
export const ShareButton = memo(function ShareButton() {
  const { t } = useWords();
  const [link, setLink] = useState<{ readonly url: string; readonly isCopied: boolean } | null>(
    null,
  );
  const share = async () => {
    const url = momentLink();
    if (url === null) return;
    const isCopied = await navigator.clipboard.writeText(url).then(
      () => true,
      () => false,
    );
    setLink({ url, isCopied });
  };
  return (
    <>
      <button type="button" className="button" onClick={() => void share()}>
        {t("lab:share.button")}
      </button>
      {link && (
        <label className="lab-link">
          <span role="status">{link.isCopied ? t("lab:share.copied") : t("lab:share.failed")}</span>
          <input
            readOnly
            value={link.url}
            aria-label={t("lab:share.failed")}
            onFocus={(event) => event.currentTarget.select()}
          />
        </label>
      )}
    </>
  );
});
