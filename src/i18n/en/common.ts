/** Words of the frame that every screen shares. */
export const common = {
  name: "Unionscope",
  nav: { label: "Screens", explore: "Explore", lab: "Lab" },
  language: "Language",
  theme: { label: "Theme", system: "As the system", light: "Light", dark: "Dark" },
  close: "Close",
  cancel: "Cancel",
  copy: "Copy",
  fault: "Something in this part of the page broke. Choose another path or layer to draw it anew.",
  skip: "Skip to the content",
} as const;
