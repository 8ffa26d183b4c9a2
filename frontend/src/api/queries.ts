/** One query per REST document. The stream keeps most of them fresh; see `state/apply-message.ts`. */
import { queryOptions } from "@tanstack/react-query";
import type { Timeframe } from "@/state/view-store";
import { api, unwrap } from "./client";
import type {
  Bar,
  Feed,
  Fill,
  Forecast,
  Market,
  Order,
  Portfolio,
  Position,
  Status,
  Strategy,
} from "./types";

const ROWS_MAX = 100;
const BARS_MAX = 500;
const STRATEGIES_EVERY_MS = 15_000;
const MARKETS_EVERY_MS = 60_000;
const EMPTY_RETRY_MS = 5_000;

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: async ({ signal }): Promise<Status> => unwrap(await api.GET("/api/v1/status", { signal })),
});

export const portfolioQuery = queryOptions({
  queryKey: ["portfolio"],
  queryFn: async ({ signal }): Promise<Portfolio> => unwrap(await api.GET("/api/v1/portfolio", { signal })),
});

export const positionsQuery = queryOptions({
  queryKey: ["positions"],
  queryFn: async ({ signal }): Promise<Position[]> => unwrap(await api.GET("/api/v1/positions", { signal })),
});

export const ordersQuery = queryOptions({
  queryKey: ["orders"],
  queryFn: async ({ signal }): Promise<Order[]> =>
    unwrap(await api.GET("/api/v1/orders", { params: { query: { limit: ROWS_MAX } }, signal })),
});

export const fillsQuery = queryOptions({
  queryKey: ["fills"],
  queryFn: async ({ signal }): Promise<Fill[]> =>
    unwrap(await api.GET("/api/v1/fills", { params: { query: { limit: ROWS_MAX } }, signal })),
});

/** Asked for again each minute, since the price of a day ago moves. */
export const marketsQuery = queryOptions({
  queryKey: ["markets"],
  queryFn: async ({ signal }): Promise<Market[]> => unwrap(await api.GET("/api/v1/markets", { signal })),
  refetchInterval: MARKETS_EVERY_MS,
});

export const forecastsQuery = queryOptions({
  queryKey: ["forecasts"],
  queryFn: async ({ signal }): Promise<Forecast[]> => unwrap(await api.GET("/api/v1/forecasts", { signal })),
});

export const feedsQuery = queryOptions({
  queryKey: ["feeds"],
  queryFn: async ({ signal }): Promise<Feed[]> => unwrap(await api.GET("/api/v1/feeds", { signal })),
});

/** The stream carries no strategies, so that they are asked for. */
export const strategiesQuery = queryOptions({
  queryKey: ["strategies"],
  queryFn: async ({ signal }): Promise<Strategy[]> => unwrap(await api.GET("/api/v1/strategies", { signal })),
  refetchInterval: STRATEGIES_EVERY_MS,
});

export const barsQuery = (symbol: string, venue: string, timeframe: Timeframe) =>
  queryOptions({
    queryKey: ["bars", symbol, venue, timeframe],
    queryFn: async ({ signal }): Promise<Bar[]> => {
      const query = { symbol, venue, timeframe, limit: BARS_MAX };
      return unwrap(await api.GET("/api/v1/bars", { params: { query }, signal })).bars;
    },
    enabled: symbol !== "" && venue !== "",
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.length ? false : EMPTY_RETRY_MS),
  });
