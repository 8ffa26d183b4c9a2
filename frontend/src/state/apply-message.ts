/** Put each stream message where the panels read: prices in the store, documents in the query cache. */
import type { QueryClient } from "@tanstack/react-query";
import type { StreamMessage } from "@/api/messages";
import {
  feedsQuery,
  fillsQuery,
  forecastsQuery,
  ordersQuery,
  portfolioQuery,
  positionsQuery,
  statusQuery,
} from "@/api/queries";
import { seriesKey, useBarStore } from "./bar-store";
import { useMarketStore } from "./market-store";
import { useViewStore } from "./view-store";

const ROWS_MAX = 200;

/** Apply the messages of one frame. */
export function applyMessages(messages: StreamMessage[], client: QueryClient, nowMs: number): void {
  const rows = messages.flatMap((message) => (message.type === "prices" ? message.rows : []));
  if (rows.length > 0) useMarketStore.getState().applyPrices(rows);
  for (const message of messages) applyDocument(message, client);
  const newest = messages[messages.length - 1];
  if (newest)
    useViewStore.getState().set({ lastMessageMs: nowMs, clockOffsetMs: offset(newest.ts_ms, nowMs) });
}

/** Keep the offset steady: only a change that a person could see moves it. */
function offset(serverMs: number, nowMs: number): number {
  const known = useViewStore.getState().clockOffsetMs;
  const measured = serverMs - nowMs;
  return Math.abs(measured - known) > 500 ? measured : known;
}

function applyDocument(message: StreamMessage, client: QueryClient): void {
  switch (message.type) {
    case "hello":
    case "status":
      client.setQueryData(statusQuery.queryKey, message.status);
      break;
    case "portfolio":
      client.setQueryData(portfolioQuery.queryKey, message.portfolio);
      break;
    case "positions":
      client.setQueryData(positionsQuery.queryKey, message.positions);
      break;
    case "order":
      client.setQueryData(ordersQuery.queryKey, (known) => upsert(known, message.order, "client_order_id"));
      break;
    case "fill":
      client.setQueryData(fillsQuery.queryKey, (known) => upsert(known, message.fill, "fill_id"));
      break;
    case "forecast":
      client.setQueryData(forecastsQuery.queryKey, (known) => upsert(known, message.forecast, "symbol"));
      break;
    case "feeds":
      client.setQueryData(feedsQuery.queryKey, message.feeds);
      break;
    case "bar":
      useBarStore
        .getState()
        .putClosed(seriesKey(message.symbol, message.venue, message.timeframe), message.bar);
      break;
    case "prices":
    case "heartbeat":
      break;
  }
}

/** Replace the row of the same key in its place, or put a new one first; undefined stays so. */
export function upsert<Row, Key extends keyof Row>(
  rows: Row[] | undefined,
  row: Row,
  key: Key,
): Row[] | undefined {
  if (!rows) return undefined;
  const place = rows.findIndex((known) => known[key] === row[key]);
  if (place < 0) return [row, ...rows].slice(0, ROWS_MAX);
  return rows.with(place, row);
}
