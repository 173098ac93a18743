import { sentenceParts } from "../../i18n/event-sentence.ts";
import "./text.css";

/** A sentence with its names set in the face of names. */
export function Sentence({ of }: { readonly of: string }) {
  return sentenceParts(of).map(({ text, isName }, at) =>
    isName ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one sentence never move
      <bdi key={at} className="sentence-name" translate="no">
        {text}
      </bdi>
    ) : (
      text
    ),
  );
}
