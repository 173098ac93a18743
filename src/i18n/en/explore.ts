/** The Explore screen. */
export const explore = {
  open: { button: "Open…" },
} as const;
