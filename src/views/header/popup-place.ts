import { createContext, type RefObject, useContext } from "react";

/** Where menus of the header open: inside it, so that what they hold belongs to a landmark. */
export const PopupPlace = createContext<RefObject<HTMLElement | null>>({ current: null });

export function usePopupPlace(): RefObject<HTMLElement | null> {
  return useContext(PopupPlace);
}
