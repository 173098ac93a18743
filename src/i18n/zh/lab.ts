import type { lab as english } from "../en/lab.ts";
import type { Translated } from "../translated.ts";

export const lab = {
  title: "实验室",
} satisfies Translated<typeof english>;
