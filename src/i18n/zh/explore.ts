import type { explore as english } from "../en/explore.ts";
import type { Translated } from "../translated.ts";

export const explore = {
  open: { button: "打开…" },
} satisfies Translated<typeof english>;
