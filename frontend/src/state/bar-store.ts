/** The newest bar of each series: the closed one as the stream tells it, and the one that forms. */
import { create } from "zustand";
import type { Bar } from "@/api/types";

interface BarState {
  closed: Record<string, Bar>;
  forming: Record<string, Bar>;
  putClosed: (series: string, bar: Bar) => void;
  putForming: (series: string, bar: Bar) => void;
}

/** Return the name under which a series keeps its newest bars. */
export function seriesKey(symbol: string, venue: string, timeframe: string): string {
  return `${symbol}@${venue}/${timeframe}`;
}

export const useBarStore = create<BarState>((set) => ({
  closed: {},
  forming: {},
  putClosed: (series, bar) => set(({ closed }) => ({ closed: { ...closed, [series]: bar } })),
  putForming: (series, bar) => set(({ forming }) => ({ forming: { ...forming, [series]: bar } })),
}));
