import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { barsQuery } from "@/api/queries";
import type { Bar } from "@/api/types";
import { formCandle } from "@/chart/candles";
import { seriesKey, useBarStore } from "@/state/bar-store";
import { useMarketStore } from "@/state/market-store";
import type { Selection } from "./use-selection";

/**
 * Move the forming candle with each price and call `show` with it; take each closed bar as the
 * server's word. Longer time frames are read again when a minute has closed.
 */
export function useLiveBars(
  selection: Selection,
  loaded: React.RefObject<Bar[]>,
  show: (bar: Bar) => void,
): void {
  const { symbol, venue, timeframe } = selection;
  const client = useQueryClient();
  useEffect(() => {
    const series = seriesKey(symbol, venue, timeframe);
    const minutes = seriesKey(symbol, venue, "1m");
    const { queryKey } = barsQuery(symbol, venue, timeframe);
    const unsubscribePrices = useMarketStore.subscribe((market, before) => {
      const quote = market.quotes[symbol]?.[venue];
      if (!quote?.last || quote === before.quotes[symbol]?.[venue]) return;
      const newest = loaded.current[loaded.current.length - 1];
      const forming = useBarStore.getState().forming[series];
      const last = forming && newest && forming.time >= newest.time ? forming : newest;
      const candle = formCandle(last, Number(quote.last), quote.seenMs, timeframe);
      if (!candle) return;
      useBarStore.getState().putForming(series, candle);
      show(candle);
    });
    const unsubscribeBars = useBarStore.subscribe(({ closed }, before) => {
      const bar = closed[series];
      if (bar && bar !== before.closed[series]) {
        client.setQueryData(queryKey, (known) => known && withBar(known, bar));
      } else if (closed[minutes] !== before.closed[minutes]) {
        void client.invalidateQueries({ queryKey });
      }
    });
    return () => {
      unsubscribePrices();
      unsubscribeBars();
    };
  }, [client, symbol, venue, timeframe, loaded, show]);
}

/** Return the bars with one replaced in its place, or added at the end. */
export function withBar(bars: Bar[], bar: Bar): Bar[] {
  const place = bars.findIndex((known) => known.time === bar.time);
  if (place >= 0) return bars.with(place, bar);
  const newest = bars[bars.length - 1];
  return newest && newest.time > bar.time ? bars : [...bars, bar];
}
