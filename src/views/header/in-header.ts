/** Where menus of the header open: inside it, so that what they hold belongs to a landmark. */
export function inHeader(): HTMLElement | null {
  return document.querySelector<HTMLElement>("header");
}
