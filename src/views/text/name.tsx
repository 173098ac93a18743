import { visibleParts } from "./visible-name.ts";
import "./text.css";

/** A name from an archive: as text, never markup, isolated from the direction of what stands around it. */
export function Name({ of }: { readonly of: string }) {
  const parts = visibleParts(of);
  const only = parts.length === 1 && parts[0]?.isEscape === false;
  return (
    <bdi className="name" translate="no">
      {only
        ? of
        : parts.map(({ text, isEscape }, at) =>
            isEscape ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the parts of one name never move
              <span key={at} className="name-escape">
                {text}
              </span>
            ) : (
              text
            ),
          )}
    </bdi>
  );
}
