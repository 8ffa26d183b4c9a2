import type { Order } from "@/api/types";

const OPEN: ReadonlySet<Order["state"]> = new Set([
  "SUBMITTED",
  "ACCEPTED",
  "PARTIALLY_FILLED",
  "PENDING_CANCEL",
]);

/** Tell whether an order can still trade. */
export function isOpen({ state }: Order): boolean {
  return OPEN.has(state);
}

interface StateLook {
  word: string;
  tone: string;
}

const NEUTRAL = "text-muted";

/** How each state is shown: a word and a tone. */
export const ORDER_LOOK: Record<Order["state"], StateLook> = {
  SUBMITTED: { word: "Submitted", tone: "text-tide" },
  ACCEPTED: { word: "Open", tone: "text-tide" },
  PARTIALLY_FILLED: { word: "Part filled", tone: "text-tide" },
  PENDING_CANCEL: { word: "Cancelling", tone: "text-warn" },
  FILLED: { word: "Filled", tone: "text-up" },
  CANCELED: { word: "Cancelled", tone: NEUTRAL },
  EXPIRED: { word: "Expired", tone: NEUTRAL },
  REJECTED: { word: "Rejected", tone: "text-down" },
  DENIED: { word: "Denied by risk", tone: "text-down" },
};
