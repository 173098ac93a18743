import { translateInto } from "../i18n/translator.ts";
import type { Difference } from "../image/union/differences.ts";
import type { Refusal } from "../image/union/refusal.ts";

const words = translateInto("en");

/** Who does what at a place where the readings differ, in English. Names in it are as they are. */
export function differenceSentence({ because }: Difference): string {
  switch (because.type) {
    case "refused":
      return words("explore:difference.refused", {
        reason: words(`explore:refusal.${because.reason}`),
      });
    case "through-symlink":
      return words("explore:difference.through-symlink", { target: because.target });
    default:
      return words(`explore:difference.${because.type}`);
  }
}

/** That Docker refuses a layer, and why. */
export function refusalSentence({ layer, path, reason }: Refusal): string {
  const why = words(`explore:refusal.${reason}`);
  return `Docker refuses layer ${layer} (${path}: ${why}), so the layers are read as umoci applies them.`;
}
