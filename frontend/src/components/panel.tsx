/**
 * A panel and the states that every panel has: loading (a skeleton of the same size), error with
 * retry, empty with what to do next, and stale (dimmed, with the time of the data).
 */
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Unreachable } from "@/api/client";
import { formatClock } from "@/lib/time";
import { useViewStore } from "@/state/view-store";

interface PanelProps {
  title: string;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}

export function Panel({ title, aside, className = "", children }: PanelProps) {
  return (
    <section
      aria-label={title}
      className={`flex min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-panel ${className}`}
    >
      <header className="flex min-h-11 items-center justify-between gap-3 border-line border-b px-4 py-1.5">
        <h2 className="font-semibold">{title}</h2>
        {aside !== undefined && <div className="min-w-0 truncate text-muted text-xs">{aside}</div>}
      </header>
      {children}
    </section>
  );
}

interface PanelBodyProps<Data> {
  query: Pick<UseQueryResult<Data>, "data" | "error" | "isFetching" | "errorUpdatedAt" | "dataUpdatedAt"> & {
    refetch: () => unknown;
  };
  skeleton: ReactNode;
  /** Said when there is nothing to show; names what to do next. */
  empty?: ReactNode;
  isEmpty?: (data: Data) => boolean;
  children: (data: Data) => ReactNode;
}

/** Show what the query holds, in the state that it is in. */
export function PanelBody<Data>({ query, skeleton, empty, isEmpty, children }: PanelBodyProps<Data>) {
  const connection = useViewStore((view) => view.connection);
  const stale = connection === "stale" || connection === "reconnecting" || connection === "offline";
  if (query.data === undefined) {
    return query.error ? <PanelError query={query} /> : <div aria-busy="true">{skeleton}</div>;
  }
  if (isEmpty?.(query.data)) return <PanelEmpty>{empty}</PanelEmpty>;
  return (
    <div className="flex min-h-0 min-w-0 flex-1 flex-col">
      {stale && (
        <p
          className="border-line border-b bg-warn-soft px-4 py-1 text-warn text-xs"
          data-testid="panel-stale"
        >
          As of {formatClock(query.dataUpdatedAt)}
        </p>
      )}
      <div className={`flex min-h-0 min-w-0 flex-1 flex-col ${stale ? "opacity-80 saturate-[0.25]" : ""}`}>
        {children(query.data)}
      </div>
    </div>
  );
}

function PanelError<Data>({ query }: Pick<PanelBodyProps<Data>, "query">) {
  const reason = query.error instanceof Unreachable ? "No answer" : "Refused";
  return (
    <div role="alert" className="flex flex-1 flex-col items-start justify-center gap-2 px-4 py-6">
      <p className="font-medium text-down">
        <span aria-hidden="true">⚠ </span>
        {reason} since {formatClock(query.errorUpdatedAt)}
      </p>
      <p className="text-muted">{query.error?.message}</p>
      <button type="button" onClick={() => query.refetch()} disabled={query.isFetching} className={BUTTON}>
        {query.isFetching ? "Trying…" : "Try again"}
      </button>
    </div>
  );
}

export function PanelEmpty({ children }: { children: ReactNode }) {
  return (
    <div className="flex flex-1 flex-col items-center justify-center gap-1 px-6 py-8 text-center text-muted">
      {children}
    </div>
  );
}

/** Rows of grey where rows of data will be. */
export function SkeletonRows({ rows, height }: { rows: number; height: "h-12" | "h-14" | "h-16" | "h-20" }) {
  return (
    <div aria-hidden="true">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike and never move.
        <div key={row} className={`flex items-center gap-4 px-4 ${height}`}>
          <div className="skeleton h-3.5 w-1/4" />
          <div className="skeleton ml-auto h-3.5 w-1/3" />
        </div>
      ))}
    </div>
  );
}

export const BUTTON =
  "min-h-11 rounded-lg border border-line-strong bg-raised px-4 font-medium hover:border-muted disabled:opacity-50 sm:min-h-9";
