import type { Translate } from "../../i18n/translator.ts";
import type { RowMark } from "../../state/tree-model.ts";
import { Icon } from "./icons.tsx";
import { respectsIn } from "./respects.ts";
import "./change-mark.css";

/** A sign for each kind of change: shape first, then the colour of what is gone or was written. */
const SIGNS = {
  added: "+",
  modified: "~",
  removed: "−",
  "type-changed": "⇄",
  opaque: null,
  copied: "=",
  whiteout: null,
  "opaque-mark": null,
  unchanged: "",
} as const satisfies Record<RowMark, string | null>;

/** The mark of a change: a sign in a box, its word for readers and on hover. */
export function ChangeMark({ of: mark, t }: { readonly of: RowMark; readonly t: Translate }) {
  const words = t(`explore:change.${mark}`);
  return (
    <span className="change-mark" data-mark={mark} title={words}>
      <span aria-hidden="true">
        {SIGNS[mark] ?? <Icon name={mark === "whiteout" ? "whiteout" : "opaque"} />}
      </span>
      <span className="unseen">{words}</span>
    </span>
  );
}

/** In words: what happened to the path, and in which respects. */
export function WhatChanged({
  mark,
  bits,
  t,
}: {
  readonly mark: RowMark | null;
  readonly bits: number;
  readonly t: Translate;
}) {
  if (mark === null) return null;
  const respects = respectsIn(bits).map((each) => t(`explore:property.${each}`));
  const words = t(`explore:change.${mark}`);
  const what = respects.join(t("events:list"));
  const all = what === "" ? words : t("explore:property.of", { change: words, what });
  return (
    <span className="what-changed" title={all}>
      {mark === "modified" && what !== "" ? what : all}
    </span>
  );
}
