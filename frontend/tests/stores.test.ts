import { QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, test } from "vitest";
import { fillsQuery, forecastsQuery, ordersQuery, statusQuery } from "@/api/queries";
import { applyMessages, upsert } from "@/state/apply-message";
import { seriesKey, useBarStore } from "@/state/bar-store";
import { headPrice, useMarketStore } from "@/state/market-store";
import { useViewStore } from "@/state/view-store";
import { bar, fill, order, priceRow, status } from "./builders";

const envelope = { seq: 1, ts_ms: 10_000 };

beforeEach(() => {
  useMarketStore.setState({ quotes: {}, basePrice: {} });
  useViewStore.setState({ clockOffsetMs: 0, lastMessageMs: 0 });
});

describe("prices", () => {
  test("a row changes its own symbol only, so that other rows don't draw again", () => {
    const { applyPrices } = useMarketStore.getState();
    applyPrices([priceRow(), priceRow({ symbol: "ETH/USDT" })]);
    const before = useMarketStore.getState().quotes;
    applyPrices([priceRow({ last: "101", ts_init_ms: 2_000 })]);
    const after = useMarketStore.getState().quotes;
    expect(after["ETH/USDT"]).toBe(before["ETH/USDT"]);
    expect(after["BTC/USDT"]?.binance?.last).toBe("101");
  });
  test("an older row never replaces a newer one", () => {
    const { applyPrices } = useMarketStore.getState();
    applyPrices([priceRow({ last: "101", ts_init_ms: 2_000 })]);
    applyPrices([priceRow({ last: "100", ts_init_ms: 1_000 })]);
    expect(useMarketStore.getState().quotes["BTC/USDT"]?.binance?.last).toBe("101");
  });
  test("a row without a last price keeps the one that was known", () => {
    const { applyPrices } = useMarketStore.getState();
    applyPrices([priceRow()]);
    applyPrices([priceRow({ last: null, bid: "98", ts_init_ms: 2_000 })]);
    expect(useMarketStore.getState().quotes["BTC/USDT"]?.binance).toMatchObject({ last: "100", bid: "98" });
  });
  test("the REST snapshot gives the price from which the change is told", () => {
    const venues = [{ venue: "binance", bid: "1", ask: "2", last_price: "110", age_ms: 5 }];
    useMarketStore
      .getState()
      .applyMarkets([{ symbol: "BTC/USDT", last_price: "110", change_ratio_24h: "0.1", venues }], 9_000);
    expect(useMarketStore.getState().basePrice["BTC/USDT"]).toBeCloseTo(100);
    expect(useMarketStore.getState().quotes["BTC/USDT"]?.binance?.seenMs).toBe(8_995);
  });
  test("a market is headed by the first venue that has a price", () => {
    useMarketStore
      .getState()
      .applyPrices([priceRow({ venue: "kraken", last: "7" }), priceRow({ last: null })]);
    expect(headPrice(useMarketStore.getState().quotes["BTC/USDT"], ["binance", "kraken"])).toBe("7");
    expect(headPrice(undefined, ["binance"])).toBeNull();
  });
});

describe("documents", () => {
  test("a new order comes first, a known one stays in its place", () => {
    const client = new QueryClient();
    client.setQueryData(ordersQuery.queryKey, [
      order({ client_order_id: "a" }),
      order({ client_order_id: "b" }),
    ]);
    const say = (id: string, state: "FILLED" | "ACCEPTED") =>
      applyMessages(
        [{ ...envelope, type: "order", order: order({ client_order_id: id, state }) }],
        client,
        0,
      );
    say("b", "FILLED");
    say("c", "ACCEPTED");
    const rows = client.getQueryData(ordersQuery.queryKey);
    expect(rows?.map((row) => [row.client_order_id, row.state])).toEqual([
      ["c", "ACCEPTED"],
      ["a", "ACCEPTED"],
      ["b", "FILLED"],
    ]);
  });
  test("the same fill twice is one fill", () => {
    const client = new QueryClient();
    client.setQueryData(fillsQuery.queryKey, []);
    const message = { ...envelope, type: "fill", fill: fill() } as const;
    applyMessages([message, message], client, 0);
    expect(client.getQueryData(fillsQuery.queryKey)).toHaveLength(1);
  });
  test("a row for a document that was never loaded waits for REST", () => {
    const client = new QueryClient();
    applyMessages([{ ...envelope, type: "fill", fill: fill() }], client, 0);
    expect(client.getQueryData(fillsQuery.queryKey)).toBeUndefined();
    expect(client.getQueryData(forecastsQuery.queryKey)).toBeUndefined();
  });
  test("hello brings the status, a bar its series, and each message the time", () => {
    const client = new QueryClient();
    applyMessages(
      [
        { ...envelope, type: "hello", status: status(), interval_ms: 100 },
        { ...envelope, type: "bar", symbol: "BTC/USDT", venue: "kraken", timeframe: "1m", bar: bar(60) },
      ],
      client,
      4_000,
    );
    expect(client.getQueryData(statusQuery.queryKey)?.trading_state).toBe("ACTIVE");
    expect(useBarStore.getState().closed[seriesKey("BTC/USDT", "kraken", "1m")]?.time).toBe(60);
    expect(useViewStore.getState()).toMatchObject({ lastMessageMs: 4_000, clockOffsetMs: 6_000 });
  });
  test("rows stay bounded", () => {
    const rows = Array.from({ length: 200 }, (_, place) => ({ id: place }));
    expect(upsert(rows, { id: 999 }, "id")).toHaveLength(200);
  });
});
