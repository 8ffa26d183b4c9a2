import { describe, expect, test } from "vitest";
import { entryPrice, formCandle, openTimeOf, tradeMarks } from "@/chart/candles";
import { withBar } from "@/hooks/use-live-bars";
import { bar, fill } from "./builders";

describe("the forming candle", () => {
  test("grows with prices inside its time", () => {
    const grown = formCandle(bar(60, { high: 105, low: 95 }), 110, 90_000, "1m");
    expect(grown).toMatchObject({ time: 60, open: 100, high: 110, low: 95, close: 110, volume: 3 });
  });
  test("opens at the close before it when it follows at once", () => {
    expect(formCandle(bar(60, { close: 102 }), 101, 121_000, "1m")).toMatchObject({
      time: 120,
      open: 102,
      high: 102,
      low: 101,
    });
  });
  test("opens at its first price after a hole", () => {
    expect(formCandle(bar(60), 101, 300_000, "1m")).toMatchObject({
      time: 300,
      open: 101,
      high: 101,
      low: 101,
    });
  });
  test("a price from before the last bar changes nothing", () => {
    expect(formCandle(bar(120), 101, 90_000, "1m")).toBeNull();
  });
  test("every time frame is aligned to the epoch", () => {
    expect(openTimeOf(86_399_999, "1d")).toBe(0);
    expect(openTimeOf(14_400_000, "4h")).toBe(14_400);
  });
});

test("own fills of a bar and side make one marker, oldest first", () => {
  const fills = [
    fill({ ts: "1970-01-01T00:02:10Z", side: "sell" }),
    fill({ ts: "1970-01-01T00:01:10Z", size: "0.1" }),
    fill({ ts: "1970-01-01T00:01:50Z", size: "0.2" }),
    fill({ symbol: "ETH/USDT" }),
  ];
  const marks = tradeMarks(fills, "BTC/USDT", "1m");
  expect(marks.map(({ time, side }) => [time, side])).toEqual([
    [60, "buy"],
    [120, "sell"],
  ]);
  expect(marks[0]?.size).toBeCloseTo(0.3);
});

test("the entry line weighs positions of several strategies by size", () => {
  const position = (size: string, entry_price: string) => ({ symbol: "BTC/USDT", size, entry_price });
  expect(entryPrice([position("1", "100"), position("3", "200")], "BTC/USDT")).toBe(175);
  expect(entryPrice([], "BTC/USDT")).toBeNull();
});

test("a closed bar replaces its forerunner, follows the newest, and never goes between", () => {
  const bars = [bar(0), bar(120)];
  expect(withBar(bars, bar(120, { close: 1 })).map((one) => one.close)).toEqual([102, 1]);
  expect(withBar(bars, bar(180)).map((one) => one.time)).toEqual([0, 120, 180]);
  expect(withBar(bars, bar(60))).toBe(bars);
});
