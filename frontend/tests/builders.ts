/** Documents with defaults; a test states only what it is about. */
import type { PriceRow } from "@/api/messages";
import type { Bar, Feed, Fill, Forecast, Order, Portfolio, Position, Status, Strategy } from "@/api/types";

export function priceRow(change: Partial<PriceRow> = {}): PriceRow {
  return {
    symbol: "BTC/USDT",
    venue: "binance",
    bid: "99",
    ask: "101",
    last: "100",
    ts_init_ms: 1_000,
    ...change,
  };
}

export function bar(time: number, change: Partial<Bar> = {}): Bar {
  return { time, open: 100, high: 105, low: 95, close: 102, volume: 3, ...change };
}

export function feed(change: Partial<Feed> = {}): Feed {
  return {
    venue: "kraken",
    symbol: "BTC/USDT",
    state: "ok",
    reason: "",
    lag_ms: 20,
    updates_per_s: 5,
    gaps: 0,
    quarantined: 0,
    last_update_ms: 0,
    ...change,
  };
}

export function forecast(change: Partial<Forecast> = {}): Forecast {
  return {
    symbol: "BTC/USDT",
    made_at: "2026-01-01T00:00:00Z",
    bar_close_time: "2026-01-01T00:00:00Z",
    horizon_s: 900,
    predicted_return: 0,
    probability_up: 0.5,
    low: -0.005,
    high: 0.005,
    model: "lstm",
    model_version: "lstm-1",
    feature_hash: "a1b2c3",
    last_price: "60000",
    ...change,
  };
}

export function fill(change: Partial<Fill> = {}): Fill {
  return {
    fill_id: "f-1",
    client_order_id: "o-1",
    strategy: "Tide",
    symbol: "BTC/USDT",
    venue: "binance",
    side: "buy",
    price: "100",
    size: "0.1",
    fee: "0.01",
    fee_currency: "USDT",
    liquidity: "taker",
    ts: "2026-01-01T00:00:30Z",
    ...change,
  };
}

export function order(change: Partial<Order> = {}): Order {
  return {
    client_order_id: "o-1",
    signal_id: "s-1",
    symbol: "BTC/USDT",
    venue: "binance",
    side: "buy",
    type: "market",
    size: "0.1",
    limit_price: null,
    filled_size: "0",
    average_price: null,
    fees: "0",
    state: "ACCEPTED",
    code: null,
    reason: null,
    strategy: "Tide",
    tag: "",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    routing: { considered: [], chosen: "binance", saved_bps: "0", excluded: {} },
    ...change,
  };
}

export function status(change: Partial<Status> = {}): Status {
  return {
    mode: "paper",
    trading_state: "ACTIVE",
    halted_by: null,
    halted_at: null,
    reason: null,
    reducing_symbols: [],
    strategies_on: 1,
    strategies_total: 1,
    version: "0.1.0",
    started_at: "2026-01-01T00:00:00Z",
    symbols: ["BTC/USDT", "ETH/USDT"],
    venues: ["binance", "kraken"],
    ...change,
  };
}

export function strategy(change: Partial<Strategy> = {}): Strategy {
  return {
    name: "tide",
    timeframe: "1m",
    state: "on",
    docs: "Buy at low tide, sell at high tide.",
    error: null,
    capital: "12500",
    pnl: "0",
    trades: 1,
    open_positions: 0,
    ...change,
  };
}

export function position(change: Partial<Position> = {}): Position {
  return {
    symbol: "BTC/USDT",
    strategy: "tide",
    side: "long",
    size: "0.1",
    entry_price: "100",
    mark_price: "101",
    unrealized_pnl: "0.1",
    unrealized_pnl_ratio: "0.01",
    opened_at: "2026-01-01T00:00:00Z",
    ...change,
  };
}

export function portfolio(change: Partial<Portfolio> = {}): Portfolio {
  return {
    as_of_ms: 0,
    currency: "USDT",
    equity: "100000",
    cash: "100000",
    drawdown: "0",
    drawdown_limit: "0.1",
    exposure: "0",
    exposure_limit: "0.8",
    fees: "0",
    realized_pnl: "0",
    unrealized_pnl: "0",
    today_pnl: "0",
    today_pnl_ratio: "0",
    ...change,
  };
}
