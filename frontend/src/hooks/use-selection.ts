import { useQuery } from "@tanstack/react-query";
import { statusQuery } from "@/api/queries";
import { type Timeframe, useViewStore } from "@/state/view-store";

export interface Selection {
  symbols: readonly string[];
  venues: readonly string[];
  symbol: string;
  venue: string;
  timeframe: Timeframe;
}

const NONE: readonly string[] = [];

/** Return what is looked at: the chosen market and venue, or the first that the server names. */
export function useSelection(): Selection {
  const { data: status } = useQuery(statusQuery);
  const symbol = useViewStore((view) => view.symbol);
  const venue = useViewStore((view) => view.venue);
  const timeframe = useViewStore((view) => view.timeframe);
  const symbols = status?.symbols ?? NONE;
  const venues = status?.venues ?? NONE;
  return {
    symbols,
    venues,
    symbol: symbol || (symbols[0] ?? ""),
    venue: venue || (venues[0] ?? ""),
    timeframe,
  };
}
