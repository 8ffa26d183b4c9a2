import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import type { AppProps } from "next/app";
import Head from "next/head";
import { useEffect, useState } from "react";
import { ApiProblem, isUnauthorized } from "@/api/client";
import { registerServiceWorker } from "@/lib/service-worker";
import { useViewStore } from "@/state/view-store";
import "@/styles/globals.css";

const RETRIES_MAX = 2;
const ERROR_RETRY_MS = 5_000;

function createQueryClient(): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({
      onError: (failure) => {
        if (isUnauthorized(failure)) useViewStore.getState().set({ signedOut: true, dialog: null });
      },
    }),
    defaultOptions: {
      queries: {
        // The stream keeps documents fresh, and a gap in it invalidates them all.
        staleTime: Number.POSITIVE_INFINITY,
        // "Offline" is what a request finds out, not what the browser believes.
        networkMode: "always",
        refetchOnWindowFocus: false,
        // A panel in error heals by itself once the service answers again.
        refetchInterval: ({ state }) => (state.status === "error" ? ERROR_RETRY_MS : false),
        retry: (count, failure) =>
          !(failure instanceof ApiProblem && failure.status < 500) && count < RETRIES_MAX,
      },
      mutations: { networkMode: "always", retry: false },
    },
  });
}

export default function App({ Component, pageProps }: AppProps) {
  const [client] = useState(createQueryClient);
  useEffect(() => void registerServiceWorker(), []);
  return (
    <QueryClientProvider client={client}>
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
      </Head>
      <Component {...pageProps} />
    </QueryClientProvider>
  );
}
