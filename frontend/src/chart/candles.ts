/** Pure arithmetic on bars: the forming candle, and which bar a fill belongs to. */
import type { Bar, Fill } from "@/api/types";
import type { Timeframe } from "@/state/view-store";

export const TIMEFRAME_S: Record<Timeframe, number> = {
  "1m": 60,
  "5m": 300,
  "15m": 900,
  "1h": 3_600,
  "4h": 14_400,
  "1d": 86_400,
};

/** Return the open time, in seconds, of the bar that holds a moment. */
export function openTimeOf(ms: number, timeframe: Timeframe): number {
  const length = TIMEFRAME_S[timeframe];
  return Math.floor(ms / 1000 / length) * length;
}

/** Return the candle that forms once `price` was seen at `ms`; null where it is older than the last bar. */
export function formCandle(
  last: Bar | undefined,
  price: number,
  ms: number,
  timeframe: Timeframe,
): Bar | null {
  const time = openTimeOf(ms, timeframe);
  if (!last || time > last.time) {
    const open = last && time - last.time === TIMEFRAME_S[timeframe] ? last.close : price;
    return { time, open, high: Math.max(open, price), low: Math.min(open, price), close: price, volume: 0 };
  }
  if (time < last.time) return null;
  return { ...last, high: Math.max(last.high, price), low: Math.min(last.low, price), close: price };
}

export interface TradeMark {
  time: number;
  side: "buy" | "sell";
  size: number;
}

/** Gather own fills by bar and side: one marker each, oldest first. */
export function tradeMarks(fills: Fill[], symbol: string, timeframe: Timeframe): TradeMark[] {
  const marks = new Map<string, TradeMark>();
  for (const fill of fills) {
    if (fill.symbol !== symbol) continue;
    const time = openTimeOf(Date.parse(fill.ts), timeframe);
    const key = `${time}${fill.side}`;
    const mark = marks.get(key) ?? { time, side: fill.side, size: 0 };
    mark.size += Number(fill.size);
    marks.set(key, mark);
  }
  return [...marks.values()].sort((a, b) => a.time - b.time);
}

/** Return where the average entry of a market's positions lies, weighted by size. */
export function entryPrice(
  positions: { symbol: string; size: string; entry_price: string }[],
  symbol: string,
): number | null {
  let size = 0;
  let cost = 0;
  for (const position of positions) {
    if (position.symbol !== symbol) continue;
    size += Number(position.size);
    cost += Number(position.size) * Number(position.entry_price);
  }
  return size > 0 ? cost / size : null;
}
