import { useSyncExternalStore } from "react";

export const PHONE = "(width < 48rem)";

/** Tell whether a media query holds, and follow it. The static page is drawn as if it doesn't. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = matchMedia(query);
      list.addEventListener("change", changed);
      return () => list.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
    () => false,
  );
}
