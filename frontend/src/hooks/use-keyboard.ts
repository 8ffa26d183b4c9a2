import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { statusQuery } from "@/api/queries";
import { toggleTheme } from "@/lib/theme";
import { TIMEFRAMES, useViewStore } from "@/state/view-store";

const TYPING = "input, textarea, select, [contenteditable='true']";

function moveMarket(step: 1 | -1, client: QueryClient): void {
  const symbols = client.getQueryData(statusQuery.queryKey)?.symbols ?? [];
  if (symbols.length === 0) return;
  const { symbol, set } = useViewStore.getState();
  const place = Math.max(0, symbols.indexOf(symbol));
  set({ symbol: symbols[(place + step + symbols.length) % symbols.length] });
}

/** Do what a key means; returns whether it meant something. */
function act(key: string, client: QueryClient): boolean {
  const { set } = useViewStore.getState();
  const timeframe = /^[1-6]$/.test(key) ? TIMEFRAMES[Number(key) - 1] : undefined;
  if (timeframe) set({ timeframe });
  else if (key === "?") set({ dialog: "help" });
  else if (key === "t") toggleTheme();
  else if (key === "[") moveMarket(-1, client);
  else if (key === "]") moveMarket(1, client);
  else return false;
  return true;
}

/** Listen for the page's keys; none works while somebody types or a dialog is open. */
export function useKeyboard(): void {
  const client = useQueryClient();
  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const { dialog, signedOut, set } = useViewStore.getState();
      if (dialog || signedOut || event.defaultPrevented) return;
      const halted = client.getQueryData(statusQuery.queryKey)?.trading_state === "HALTED";
      if ((event.ctrlKey || event.metaKey) && event.shiftKey && event.code === "KeyK") {
        event.preventDefault();
        if (!halted) set({ dialog: "halt" });
        return;
      }
      const typing = event.target instanceof Element && event.target.matches(TYPING);
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (act(event.key, client)) event.preventDefault();
    }
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [client]);
}
