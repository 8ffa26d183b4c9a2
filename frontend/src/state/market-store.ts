/** The newest price of each market on each venue; a component selects one symbol of it. */
import { create } from "zustand";
import type { PriceRow } from "@/api/messages";
import type { Market } from "@/api/types";

export interface VenueQuote {
  bid: string | null;
  ask: string | null;
  last: string | null;
  /** When the venue's update was seen by the server, in milliseconds. */
  seenMs: number;
}

export type VenueQuotes = Record<string, VenueQuote>;

interface MarketState {
  quotes: Record<string, VenueQuotes>;
  /** The price a day ago (or as far back as known), from which the change is told. */
  basePrice: Record<string, number>;
  applyPrices: (rows: PriceRow[]) => void;
  applyMarkets: (markets: Market[], nowMs: number) => void;
}

export const useMarketStore = create<MarketState>((set) => ({
  quotes: {},
  basePrice: {},
  applyPrices: (rows) => set(({ quotes }) => ({ quotes: mergeRows(quotes, rows) })),
  applyMarkets: (markets, nowMs) =>
    set(({ quotes, basePrice }) => ({
      quotes: mergeRows(
        quotes,
        markets.flatMap((market) => rowsOf(market, nowMs)),
      ),
      basePrice: { ...basePrice, ...basePricesOf(markets) },
    })),
}));

/** Return the quotes with the rows merged in; symbols without a row keep their identity. */
function mergeRows(quotes: Record<string, VenueQuotes>, rows: PriceRow[]): Record<string, VenueQuotes> {
  const merged = { ...quotes };
  const touched = new Set<string>();
  for (const row of rows) {
    const known = merged[row.symbol]?.[row.venue];
    if (known && known.seenMs > row.ts_init_ms) continue;
    if (!touched.has(row.symbol)) {
      merged[row.symbol] = { ...merged[row.symbol] };
      touched.add(row.symbol);
    }
    const venues = merged[row.symbol] as VenueQuotes;
    venues[row.venue] = {
      bid: row.bid,
      ask: row.ask,
      last: row.last ?? known?.last ?? null,
      seenMs: row.ts_init_ms,
    };
  }
  return touched.size > 0 ? merged : quotes;
}

function rowsOf(market: Market, nowMs: number): PriceRow[] {
  return market.venues.map(({ venue, bid, ask, last_price, age_ms }) => ({
    symbol: market.symbol,
    venue,
    bid,
    ask,
    last: last_price,
    ts_init_ms: nowMs - age_ms,
  }));
}

function basePricesOf(markets: Market[]): Record<string, number> {
  const bases: Record<string, number> = {};
  for (const { symbol, last_price, change_ratio_24h } of markets) {
    if (last_price === null || change_ratio_24h === null) continue;
    bases[symbol] = Number(last_price) / (1 + Number(change_ratio_24h));
  }
  return bases;
}

/** Return the price that heads a market: that of the first venue which has one. */
export function headPrice(venues: VenueQuotes | undefined, order: readonly string[]): string | null {
  for (const venue of order) {
    const last = venues?.[venue]?.last;
    if (last) return last;
  }
  return null;
}
