/** Keeps one chart in step with bars, live prices, fills, positions, forecast and theme. */
import { useCallback, useEffect, useRef } from "react";
import type { Bar, Fill, Forecast, Position } from "@/api/types";
import { entryPrice, TIMEFRAME_S, tradeMarks } from "@/chart/candles";
import type { Cone } from "@/chart/forecast-cone";
import { type ChartColors, createMarketChart, type MarketChart } from "@/chart/market-chart";
import { useLiveBars } from "@/hooks/use-live-bars";
import type { Selection } from "@/hooks/use-selection";
import { formatPrice } from "@/lib/decimal";
import { onThemeChange } from "@/lib/theme";
import { venueName } from "@/lib/venues";
import { headPrice, useMarketStore } from "@/state/market-store";

interface ChartCanvasProps {
  selection: Selection;
  bars: Bar[];
  fills: Fill[];
  positions: Position[];
  forecast: Forecast | undefined;
  onHover: (bar: Bar | null) => void;
}

export function ChartCanvas({ selection, bars, fills, positions, forecast, onHover }: ChartCanvasProps) {
  const { symbol, venue, timeframe } = selection;
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<MarketChart | null>(null);
  const loaded = useRef<Bar[]>(bars);
  const shown = useRef(false);
  const hoverTo = useRef(onHover);
  hoverTo.current = onHover;

  useEffect(() => {
    if (!container.current) return;
    const made = createMarketChart(container.current, readColors(), (time) =>
      hoverTo.current(loaded.current.find((bar) => bar.time === time) ?? null),
    );
    chart.current = made;
    const unsubscribe = onThemeChange(() => made.setColors(readColors()));
    return () => {
      unsubscribe();
      made.remove();
      chart.current = null;
      shown.current = false;
    };
  }, []);

  useEffect(() => {
    loaded.current = bars;
    chart.current?.setBars(bars);
    if (!shown.current) chart.current?.showNewest();
    shown.current = true;
  }, [bars]);

  const showLive = useCallback((bar: Bar) => {
    const newest = loaded.current[loaded.current.length - 1];
    if (!newest || bar.time >= newest.time) chart.current?.updateBar(bar);
  }, []);
  useLiveBars(selection, loaded, showLive);

  useEffect(() => {
    const showLast = ({ quotes }: Pick<ReturnType<typeof useMarketStore.getState>, "quotes">) => {
      const last = headPrice(quotes[symbol], [venue]);
      chart.current?.setLast(last === null ? null : Number(last));
    };
    showLast(useMarketStore.getState());
    return useMarketStore.subscribe(showLast);
  }, [symbol, venue]);

  useEffect(
    () => chart.current?.setMarks(marksInside(tradeMarks(fills, symbol, timeframe), bars)),
    [fills, symbol, timeframe, bars],
  );
  useEffect(() => chart.current?.setEntry(entryPrice(positions, symbol)), [positions, symbol]);
  useEffect(
    () => chart.current?.setForecast(forecast ? coneOf(forecast, bars, TIMEFRAME_S[timeframe]) : null),
    [forecast, bars, timeframe],
  );

  return (
    <>
      <div ref={container} aria-hidden="true" className="absolute inset-0" />
      <p className="sr-only">{summary(symbol, venue, timeframe, bars)}</p>
    </>
  );
}

/** Markers before the first bar would gather on it; leave them out. */
function marksInside<Mark extends { time: number }>(marks: Mark[], bars: Bar[]): Mark[] {
  const first = bars[0]?.time ?? Number.POSITIVE_INFINITY;
  return marks.filter((mark) => mark.time >= first);
}

function coneOf(forecast: Forecast, bars: Bar[], barLength: number): Cone | null {
  const closeTime = Date.parse(forecast.bar_close_time) / 1000;
  const first = bars[0];
  if (!first || closeTime < first.time) return null;
  const later = bars.findIndex((bar) => bar.time + barLength >= closeTime);
  const fromIndex = later < 0 ? bars.length - 1 : later;
  const price = Number(forecast.last_price);
  return {
    fromIndex,
    toIndex: fromIndex + Math.max(1, forecast.horizon_s / barLength),
    price,
    expected: price * (1 + forecast.predicted_return),
    low: price * (1 + forecast.low),
    high: price * (1 + forecast.high),
  };
}

function summary(symbol: string, venue: string, timeframe: string, bars: Bar[]): string {
  const [first, last] = [bars[0], bars[bars.length - 1]];
  if (!first || !last) return "";
  const low = Math.min(...bars.map((bar) => bar.low));
  const high = Math.max(...bars.map((bar) => bar.high));
  const text = (price: number) => formatPrice(String(price));
  return `${symbol} on ${venueName(venue)}, ${bars.length} bars of ${timeframe}: from ${text(first.open)} to ${text(last.close)}, lowest ${text(low)}, highest ${text(high)}.`;
}

function readColors(): ChartColors {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: read("--ink"),
    muted: read("--muted"),
    line: read("--line"),
    up: read("--up"),
    down: read("--down"),
    upSoft: `${read("--up")}55`,
    downSoft: `${read("--down")}55`,
    tide: read("--tide"),
    tideSoft: read("--tide-soft"),
    panel: read("--panel"),
  };
}
