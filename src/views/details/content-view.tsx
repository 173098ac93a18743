import { useEffect, useState } from "react";
import { useAppState } from "../../state/app-state.ts";
import { currentArchive } from "../../state/current.ts";
import { downloadName, type ShownVersion } from "../../state/versions.ts";
import { contentOf } from "../../tree/column-tree.ts";
import { Segmented } from "../marks/segmented.tsx";
import { formatBytes } from "../text/format.ts";
import { useSize } from "../text/use-size.ts";
import { useWords } from "../text/words.ts";
import { hexLines, looksLikeText } from "./content-text.ts";

/** What a preview shows of a file's beginning. */
const SHOWN = 64 * 1024;
/** Pixels that sixteen bytes take in hex. */
const SIXTEEN = 580;
/** What a download reads at once. */
const CHUNK = 8 * 1024 * 1024;

/** A file's bytes as text or hex, and the whole of it as a download, whether it is seen in the union or not. */
export function ContentView({ version }: { readonly version: ShownVersion }) {
  const { t, language } = useWords();
  const reader = useAppState((state) => currentArchive(state)?.reader ?? null);
  const [bytes, setBytes] = useState<Uint8Array | "loading" | "failed">("loading");
  const [measure, { width }] = useSize();
  const [chosen, setChosen] = useState<"text" | "hex" | null>(null);
  const { tree, row, layer } = version;
  const size = tree.size[row] ?? 0;

  useEffect(() => {
    const stop = new AbortController();
    setBytes("loading");
    reader
      ?.read(contentOf(tree, row), 0, Math.min(size, SHOWN), { signal: stop.signal })
      .then(setBytes, () => {
        if (!stop.signal.aborted) setBytes("failed");
      });
    return () => stop.abort();
  }, [reader, tree, row, size]);

  async function download() {
    if (!reader) return;
    const parts: BlobPart[] = [];
    for (let at = 0; at < size; at += CHUNK) {
      const part = await reader.read(contentOf(tree, row), at, Math.min(size, at + CHUNK));
      parts.push(new Uint8Array(part));
    }
    const url = URL.createObjectURL(new Blob(parts));
    const link = document.createElement("a");
    link.href = url;
    link.download = downloadName(version);
    link.click();
    URL.revokeObjectURL(url);
  }

  const isText = bytes instanceof Uint8Array && looksLikeText(bytes);
  const view = chosen ?? (isText ? "text" : "hex");
  return (
    <section className="inspector-part" aria-labelledby="content-title">
      <div className="content-head">
        <h3 id="content-title" className="panel-title">
          {t("explore:content.title", { layer })}
        </h3>
        <Segmented
          label={t("explore:content.view")}
          value={view}
          onChange={setChosen}
          choices={[
            { value: "text", words: t("explore:content.text"), detail: "" },
            { value: "hex", words: t("explore:content.hex"), detail: "" },
          ]}
        />
        <button type="button" className="button" onClick={() => void download()}>
          {t("explore:content.download")}
        </button>
      </div>
      {size === 0 ? (
        <p>{t("explore:content.empty")}</p>
      ) : bytes === "loading" || bytes === "failed" ? (
        <p>{t(`explore:content.${bytes}`)}</p>
      ) : (
        <>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for controls */}
          <div
            ref={measure}
            className="content"
            role="group"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so keys must reach it
            tabIndex={0}
            aria-labelledby="content-title"
          >
            <pre translate="no">
              {view === "hex"
                ? hexLines(bytes.subarray(0, 8192), width < SIXTEEN ? 8 : 16).join("\n")
                : textIn(bytes)}
            </pre>
          </div>
          {size > SHOWN && (
            <p className="facts-note">
              {t("explore:content.first", {
                size: formatBytes(view === "hex" ? 8192 : SHOWN, language),
              })}
            </p>
          )}
        </>
      )}
    </section>
  );
}

/** Text to look at: characters that would turn or hide what stands around them are drawn as U+FFFD. */
function textIn(bytes: Uint8Array): string {
  return new TextDecoder()
    .decode(bytes)
    .replace(/[\p{Cf}\p{Zl}\p{Zp}]|(?![\n\t\r])\p{Cc}/gu, "\ufffd");
}
