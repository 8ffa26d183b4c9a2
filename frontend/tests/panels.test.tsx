import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import type { ReactNode } from "react";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiProblem, Unreachable } from "@/api/client";
import {
  forecastsQuery,
  ordersQuery,
  portfolioQuery,
  positionsQuery,
  statusQuery,
  strategiesQuery,
} from "@/api/queries";
import { ConnectionBadge } from "@/components/connection-badge";
import { byVenue } from "@/components/feeds";
import { directionOf, Forecasts } from "@/components/forecasts";
import { HaltDialog, ResumeDialog } from "@/components/halt-dialog";
import { PanelBody } from "@/components/panel";
import { Positions } from "@/components/positions";
import { Strategies } from "@/components/strategies";
import { useViewStore } from "@/state/view-store";
import { feed, forecast, order, portfolio, position, status, strategy } from "./builders";

beforeEach(() => useViewStore.setState({ connection: "live" }));
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

const asked = { isFetching: false, errorUpdatedAt: 0, dataUpdatedAt: 0, error: null, data: undefined };

function show(query: Partial<Parameters<typeof PanelBody<string[]>>[0]["query"]>) {
  const refetch = vi.fn();
  render(
    <PanelBody<string[]>
      query={{ ...asked, ...query, refetch }}
      skeleton={<p>grey rows</p>}
      isEmpty={(rows) => rows.length === 0}
      empty="Nothing yet. Do this next."
    >
      {(rows) => rows.join()}
    </PanelBody>,
  );
  return refetch;
}

describe("a panel", () => {
  test("shows its skeleton while it loads", () => {
    show({});
    expect(screen.getByText("grey rows").parentElement?.getAttribute("aria-busy")).toBe("true");
  });
  test("says what failed, since when, and tries again when asked", () => {
    const refetch = show({ error: new ApiProblem(503, "db.down", "The database doesn't answer.") });
    expect(within(screen.getByRole("alert")).getByText("The database doesn't answer.")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(refetch).toHaveBeenCalledOnce();
  });
  test("tells silence from refusal", () => {
    show({ error: new Unreachable() });
    expect(screen.getByText(/No answer since/)).toBeTruthy();
  });
  test("says what to do when it is empty", () => {
    show({ data: [] });
    expect(screen.getByText("Nothing yet. Do this next.")).toBeTruthy();
  });
  test("shows its data plainly while the connection lives", () => {
    show({ data: ["a", "b"] });
    expect(screen.getByText("a,b")).toBeTruthy();
    expect(screen.queryByTestId("panel-stale")).toBeNull();
  });
  test.each(["stale", "reconnecting", "offline"] as const)(
    "tells the time of its data when %s",
    (connection) => {
      useViewStore.setState({ connection });
      show({ data: ["a"] });
      expect(screen.getByTestId("panel-stale").textContent).toMatch(/^As of \d\d:\d\d:\d\d$/);
    },
  );
});

test("the connection is told in a word", () => {
  render(<ConnectionBadge />);
  expect(screen.getByTestId("connection-state").textContent).toBe("Live");
});

test("a venue is as good as its worst market and as slow as its slowest", () => {
  const [kraken] = byVenue(
    [
      feed({ lag_ms: 20, updates_per_s: 5 }),
      feed({ symbol: "ETH/USDT", state: "degraded", reason: "gap", lag_ms: 90, updates_per_s: 2, gaps: 2 }),
    ],
    ["kraken"],
  );
  expect(kraken).toMatchObject({
    state: "degraded",
    reason: "ETH/USDT: gap",
    lagMs: 90,
    updatesPerS: 7,
    gaps: 2,
  });
});

test("a model near a half leans nowhere", () => {
  expect([0.63, 0.51, 0.36].map((chance) => directionOf(chance).word)).toEqual(["Up", "Flat", "Down"]);
});

function withClient(children: ReactNode, seed: (client: QueryClient) => void = () => undefined): QueryClient {
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  client.setQueryData(statusQuery.queryKey, status());
  client.setQueryData(positionsQuery.queryKey, []);
  seed(client);
  render(<QueryClientProvider client={client}>{children}</QueryClientProvider>);
  return client;
}

function answerWith(code: number, body: unknown): ReturnType<typeof vi.fn> {
  const headers = { "content-type": "application/json" };
  const fetched = vi.fn(async () => new Response(JSON.stringify(body), { status: code, headers }));
  vi.stubGlobal("fetch", fetched);
  return fetched;
}

test("a forecast of the baseline says so, one of a trained model doesn't", () => {
  withClient(<Forecasts />, (client) =>
    client.setQueryData(forecastsQuery.queryKey, [
      forecast({ model: "last_value", model_version: "last_value-1" }),
      forecast({ symbol: "ETH/USDT", model: "lstm", model_version: "lstm-12" }),
    ]),
  );
  const labels = screen.getAllByTitle("The baseline: no trained model has beaten it yet");
  expect(labels.map((label) => label.textContent)).toEqual(["baseline"]);
  expect(screen.getByTestId("forecast-BTC/USDT").contains(labels[0] ?? null)).toBe(true);
  expect(screen.getAllByTestId("forecast-version")[0]?.textContent).toBe("last_value-1");
});

test("a profit or loss that rounds to zero has neither arrow nor colour", () => {
  withClient(<Positions />, (client) =>
    client.setQueryData(positionsQuery.queryKey, [
      position({ unrealized_pnl: "-0.0017", unrealized_pnl_ratio: "-0.0000045" }),
      position({ symbol: "ETH/USDT", unrealized_pnl: "-0.0051", unrealized_pnl_ratio: "-0.00006" }),
    ]),
  );
  const [none, loss] = screen.getAllByTestId("position-row").map((row) => row.lastElementChild);
  expect(none?.textContent).toBe("0.000.00%");
  expect(none?.querySelectorAll(".text-muted")).toHaveLength(2);
  expect(loss?.textContent).toBe("▼−0.01▼−0.01%");
  expect(loss?.querySelectorAll(".text-down")).toHaveLength(2);
});

test("a press on a strategy shows its description, its error and its capital in full", () => {
  const docs = `Buy at low tide. ${"It goes on and on. ".repeat(20)}The end.`;
  withClient(<Strategies />, (client) => {
    client.setQueryData(portfolioQuery.queryKey, portfolio());
    client.setQueryData(strategiesQuery.queryKey, [
      strategy({ docs, state: "error", error: "tide.py, line 7: no such column" }),
    ]);
  });
  const row = screen.getByTestId("strategy-tide") as HTMLDetailsElement;
  expect(row.open).toBe(false);
  fireEvent.click(row.querySelector("summary") as HTMLElement);
  expect(row.open).toBe(true);
  const whole = row.lastElementChild as HTMLElement;
  expect(within(whole).getByText(docs)).toBeTruthy();
  expect(within(whole).getByText(/no such column/)).toBeTruthy();
  expect(within(whole).getByText(/^Began with 12,500\.00 USDT/)).toBeTruthy();
});

test("a strategy's description shows code as code, without its backticks", () => {
  withClient(<Strategies />, (client) => {
    client.setQueryData(portfolioQuery.queryKey, portfolio());
    client.setQueryData(strategiesQuery.queryKey, [strategy({ docs: "The counterpart of `ema_cross`." })]);
  });
  const whole = screen.getByTestId("strategy-tide").lastElementChild as HTMLElement;
  expect(within(whole).getByText("ema_cross").tagName).toBe("CODE");
  expect(whole.textContent).not.toContain("`");
});

describe("halting", () => {
  const confirm = () => screen.getByTestId("halt-confirm") as HTMLButtonElement;
  const seed = (client: QueryClient) =>
    client.setQueryData(ordersQuery.queryKey, [order(), order({ client_order_id: "x", state: "FILLED" })]);

  test("says first how many orders it cancels and that positions stay", () => {
    withClient(<HaltDialog onClose={vi.fn()} />, seed);
    expect(screen.getByText("Will cancel 1 open order and keep 0 positions")).toBeTruthy();
  });
  test("closes only after the server has answered", async () => {
    const close = vi.fn();
    answerWith(200, {
      trading_state: "HALTED",
      orders_cancelled: 1,
      positions_kept: 0,
      halted_at: "2026-01-01T00:00:00Z",
      halted_by: "me",
    });
    withClient(<HaltDialog onClose={close} />, seed);
    fireEvent.click(confirm());
    expect(close).not.toHaveBeenCalled();
    await waitFor(() => expect(close).toHaveBeenCalledOnce());
  });
  test("stays open and says why when the server refuses", async () => {
    const close = vi.fn();
    answerWith(503, {
      title: "Unavailable",
      status: 503,
      code: "engine.recovering",
      detail: "The engine is recovering.",
    });
    withClient(<HaltDialog onClose={close} />, seed);
    fireEvent.click(confirm());
    expect((await screen.findByRole("alert")).textContent).toBe("Not halted: The engine is recovering.");
    expect(close).not.toHaveBeenCalled();
  });
  test("can't be sent offline, and says why", () => {
    useViewStore.setState({ connection: "offline" });
    withClient(<HaltDialog onClose={vi.fn()} />, seed);
    expect(confirm().disabled).toBe(true);
    expect(screen.getByRole("alert").textContent).toContain("doesn't answer");
  });
});

test("resuming asks for the word, exactly", async () => {
  const fetched = answerWith(200, status());
  withClient(<ResumeDialog onClose={vi.fn()} />);
  const button = screen.getByTestId("resume-confirm") as HTMLButtonElement;
  for (const [typed, open] of [
    ["", false],
    ["resume", false],
    ["RESUME", true],
  ] as const) {
    fireEvent.change(screen.getByTestId("resume-word"), { target: { value: typed } });
    expect(button.disabled).toBe(!open);
  }
  fireEvent.click(button);
  await waitFor(() => expect(fetched).toHaveBeenCalledOnce());
});
