/** The Lab screen. */
export const lab = {
  title: "Lab",
} as const;
