/** What everybody who looks at the page must know before reading a number of it. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";
import { portfolioQuery, statusQuery } from "@/api/queries";
import type { Status } from "@/api/types";
import { useNow } from "@/hooks/use-now";
import { activateNewVersion, onNewVersion } from "@/lib/service-worker";
import { formatAgo, formatClock, formatMoment } from "@/lib/time";
import { useHaltStore } from "@/state/halt-store";
import { useViewStore } from "@/state/view-store";
import { BUTTON } from "./panel";

export function Banners() {
  const { data: status } = useQuery(statusQuery);
  return (
    <div className="flex flex-col gap-2 empty:hidden md:gap-3">
      <OfflineBanner />
      {status?.trading_state === "HALTED" && <HaltBanner status={status} />}
      {status?.trading_state === "REDUCING" && <ReducingBanner status={status} />}
      <NewVersionBanner />
    </div>
  );
}

const TONES = {
  danger: "border-down/40 bg-down-soft",
  warning: "border-warn/40 bg-warn-soft",
  notice: "border-tide/40 bg-tide-soft",
} as const;

interface BannerProps {
  tone: keyof typeof TONES;
  title: string;
  testId: string;
  action?: ReactNode;
  children?: ReactNode;
}

function Banner({ tone, title, testId, action, children }: BannerProps) {
  return (
    <div
      role="status"
      data-testid={testId}
      className={`flex flex-wrap items-center gap-x-4 gap-y-2 rounded-xl border px-4 py-2.5 ${TONES[tone]}`}
    >
      <div className="min-w-0 flex-1 basis-60">
        <p className="font-semibold">{title}</p>
        {children && <div className="text-muted">{children}</div>}
      </div>
      {action}
    </div>
  );
}

function OfflineBanner() {
  const connection = useViewStore((view) => view.connection);
  const lastMessageMs = useViewStore((view) => view.lastMessageMs);
  const keptMs = useQuery(portfolioQuery).data?.as_of_ms ?? 0;
  if (connection !== "offline") return null;
  const asOfMs = lastMessageMs || keptMs;
  return (
    <Banner tone="warning" title="Offline: the trading service doesn't answer" testId="offline-banner">
      {asOfMs > 0 ? `This is the state of ${formatClock(asOfMs)}. ` : "Nothing was received yet. "}
      Halt and resume are off until it answers; this page keeps trying.
    </Banner>
  );
}

function HaltBanner({ status }: { status: Status }) {
  const now = useNow();
  const result = useHaltStore((halt) => halt.result);
  return (
    <Banner
      tone="danger"
      title={`Trading is halted by ${status.halted_by ?? "the system"}`}
      testId="halt-banner"
      action={
        <button
          type="button"
          className={BUTTON}
          data-testid="resume-button"
          onClick={() => useViewStore.getState().set({ dialog: "resume" })}
        >
          Resume…
        </button>
      }
    >
      {status.halted_at &&
        `Since ${formatMoment(status.halted_at, now)}, ${formatAgo(now - Date.parse(status.halted_at))}. `}
      {result &&
        `${counted(result.orders_cancelled, "order")} cancelled, ${counted(result.positions_kept, "position")} kept. `}
      {status.reason && `Reason: ${status.reason}`}
    </Banner>
  );
}

/** Write a count with its noun: `1 order`, `3 orders`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function ReducingBanner({ status }: { status: Status }) {
  const where = status.reducing_symbols.join(", ");
  return (
    <Banner tone="warning" title={`Only reducing${where ? `: ${where}` : ""}`} testId="reducing-banner">
      {status.reason ?? "Orders that open or add to a position are refused until the data is good again."}
    </Banner>
  );
}

function NewVersionBanner() {
  const [waiting, setWaiting] = useState(false);
  useEffect(() => onNewVersion(() => setWaiting(true)), []);
  if (!waiting) return null;
  return (
    <Banner
      tone="notice"
      title="A new version of this page is ready"
      testId="version-banner"
      action={
        <button type="button" className={BUTTON} onClick={activateNewVersion}>
          Reload
        </button>
      }
    />
  );
}
