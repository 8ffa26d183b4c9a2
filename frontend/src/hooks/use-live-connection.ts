import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, isUnauthorized, Unreachable, unwrap } from "@/api/client";
import { marketsQuery, statusQuery } from "@/api/queries";
import { type ConnectionState, MarketStream } from "@/api/stream";
import { afterFrame } from "@/lib/frames";
import { applyMessages } from "@/state/apply-message";
import { useMarketStore } from "@/state/market-store";
import { serverNowMs, useViewStore } from "@/state/view-store";

const PHONE_INTERVAL_MS = 250;
const DESKTOP_INTERVAL_MS = 100;

function openSocket(): WebSocket {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const interval = matchMedia("(width < 48rem)").matches ? PHONE_INTERVAL_MS : DESKTOP_INTERVAL_MS;
  return new WebSocket(`${scheme}://${location.host}/api/v1/stream?interval_ms=${interval}`);
}

/** Ask why the connection is gone: no answer at all means offline, a 401 ends the session. */
async function probe(client: QueryClient): Promise<void> {
  try {
    const status = unwrap(await api.GET("/api/v1/status", { cache: "no-store" }));
    client.setQueryData(statusQuery.queryKey, status);
  } catch (failure) {
    const { connection, set } = useViewStore.getState();
    if (isUnauthorized(failure)) set({ signedOut: true, dialog: null });
    else if (connection === "reconnecting" && failure instanceof Unreachable) set({ connection: "offline" });
  }
}

function follow(client: QueryClient): MarketStream {
  const onState = (state: ConnectionState, attempt: number) => {
    const known = useViewStore.getState().connection;
    if (state === "reconnecting" && known === "offline") useViewStore.getState().set({ attempt });
    else useViewStore.getState().set({ connection: state, attempt });
    if (state === "reconnecting") void probe(client);
  };
  return new MarketStream({
    open: openSocket,
    now: Date.now,
    random: Math.random,
    schedule: afterFrame,
    onState,
    onMessages: (messages) => applyMessages(messages, client, Date.now()),
    onGap: () => void client.invalidateQueries(),
  });
}

/** Keep the stream open while somebody is signed in, and prices known from REST before it speaks. */
export function useLiveConnection(): void {
  const client = useQueryClient();
  const signedOut = useViewStore((view) => view.signedOut);

  useEffect(() => {
    if (signedOut) return;
    const stream = follow(client);
    stream.start();
    return () => stream.stop();
  }, [client, signedOut]);

  useEffect(
    () =>
      client.getQueryCache().subscribe(({ type, query }) => {
        if (type !== "updated" || query.queryKey[0] !== marketsQuery.queryKey[0]) return;
        const markets = client.getQueryData(marketsQuery.queryKey);
        if (markets && query.state.status === "success" && query.state.fetchStatus === "idle") {
          useMarketStore.getState().applyMarkets(markets, serverNowMs());
        }
      }),
    [client],
  );
}
