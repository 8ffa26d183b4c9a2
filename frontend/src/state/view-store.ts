/** What the person looks at, and how the connection stands. */
import { create } from "zustand";
import type { ConnectionState } from "@/api/stream";

export const TIMEFRAMES = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];
export type Dialog = "halt" | "resume" | "help";

interface ViewState {
  symbol: string;
  /** Empty: the first venue that the server names. */
  venue: string;
  timeframe: Timeframe;
  dialog: Dialog | null;
  connection: ConnectionState | "offline";
  attempt: number;
  /** When the last message came, in this browser's clock; 0 before the first. */
  lastMessageMs: number;
  /** Server clock minus browser clock. */
  clockOffsetMs: number;
  signedOut: boolean;
  set: (change: Partial<Omit<ViewState, "set">>) => void;
}

export const useViewStore = create<ViewState>((set) => ({
  symbol: "",
  venue: "",
  timeframe: "1m",
  dialog: null,
  connection: "connecting",
  attempt: 0,
  lastMessageMs: 0,
  clockOffsetMs: 0,
  signedOut: false,
  set,
}));

/** Return the server's time in milliseconds. */
export function serverNowMs(): number {
  return Date.now() + useViewStore.getState().clockOffsetMs;
}
