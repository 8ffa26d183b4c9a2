/** The five figures that tell how the account stands, each against its limit. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { portfolioQuery, statusQuery } from "@/api/queries";
import type { Portfolio, Status } from "@/api/types";
import { formatMoney, formatRatio } from "@/lib/decimal";
import { useViewStore } from "@/state/view-store";
import { Arrow, toneOf } from "./change";

export function KpiStrip() {
  const portfolio = useQuery(portfolioQuery);
  const status = useQuery(statusQuery);
  const connection = useViewStore((view) => view.connection);
  const dimmed = connection !== "live" && connection !== "connecting";
  return (
    <section
      aria-label="Account"
      className={`grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line lg:grid-cols-[1.25fr_1.1fr_1fr_1fr_1.1fr] ${dimmed ? "opacity-80 saturate-[0.25]" : ""}`}
    >
      <PortfolioTiles portfolio={portfolio.data} failed={portfolio.isError} />
      <TradingTile status={status.data} failed={status.isError} />
    </section>
  );
}

function PortfolioTiles({ portfolio, failed }: { portfolio: Portfolio | undefined; failed: boolean }) {
  if (!portfolio) {
    return ["Equity", "Today", "Drawdown", "Exposure"].map((label) => (
      <Tile key={label} label={label} value={failed ? "–" : null} below={failed ? "No answer" : null} />
    ));
  }
  const { currency } = portfolio;
  return (
    <>
      <Tile
        label={`Equity, ${currency}`}
        testId="kpi-equity"
        value={formatMoney(portfolio.equity)}
        below={`${formatMoney(portfolio.cash)} cash`}
      />
      <Tile
        label="Today"
        testId="kpi-today"
        value={
          <span className={toneOf(portfolio.today_pnl)}>
            <Arrow of={portfolio.today_pnl} />
            {formatMoney(portfolio.today_pnl, "always")}
          </span>
        }
        below={`${formatRatio(portfolio.today_pnl_ratio, 2, "always")} after fees`}
      />
      <LimitTile
        label="Drawdown"
        testId="kpi-drawdown"
        value={portfolio.drawdown}
        limit={portfolio.drawdown_limit}
      />
      <LimitTile
        label="Exposure"
        testId="kpi-exposure"
        value={portfolio.exposure}
        limit={portfolio.exposure_limit}
      />
    </>
  );
}

interface LimitTileProps {
  label: string;
  testId: string;
  value: string;
  limit: string;
}

/** A share of a limit: the bar fills as the limit comes near, and warns at four fifths. */
function LimitTile({ label, testId, value, limit }: LimitTileProps) {
  const share = Number(limit) > 0 ? Math.min(1, Math.abs(Number(value)) / Number(limit)) : 0;
  const near = share >= 0.8;
  return (
    <Tile
      label={label}
      testId={testId}
      value={<span className={near ? "text-warn" : ""}>{formatRatio(value, 1)}</span>}
      below={
        <span className="flex items-center gap-2.5">
          <span className="h-1 min-w-6 flex-1 overflow-hidden rounded-full bg-raised" aria-hidden="true">
            <span
              className={`block h-full rounded-full ${near ? "bg-warn" : "bg-tide"}`}
              style={{ width: `${share * 100}%` }}
            />
          </span>
          <span className="whitespace-nowrap">
            {near && "near "}limit {formatRatio(limit, 0)}
          </span>
        </span>
      }
    />
  );
}

const TRADING = {
  ACTIVE: { word: "Running", tone: "text-up", sign: "●" },
  REDUCING: { word: "Reducing", tone: "text-warn", sign: "◐" },
  HALTED: { word: "Halted", tone: "text-down", sign: "■" },
} as const;

function TradingTile({ status, failed }: { status: Status | undefined; failed: boolean }) {
  if (!status)
    return <Tile wide label="Trading" value={failed ? "–" : null} below={failed ? "No answer" : null} />;
  const { word, tone, sign } = TRADING[status.trading_state];
  return (
    <Tile
      wide
      label="Trading"
      testId="trading-state"
      value={
        <span className={tone}>
          <span aria-hidden="true" className="mr-2 align-[0.12em] text-[0.6em]">
            {sign}
          </span>
          {word}
        </span>
      }
      below={belowTrading(status)}
    />
  );
}

function belowTrading(status: Status): string {
  if (status.trading_state === "HALTED") return "No order is sent";
  if (status.trading_state === "REDUCING" && status.reason) return status.reason;
  return `${status.strategies_on} of ${status.strategies_total} strategies on`;
}

interface TileProps {
  label: string;
  testId?: string;
  /** Null while it loads. */
  value: ReactNode;
  below: ReactNode;
  wide?: boolean;
}

function Tile({ label, testId, value, below, wide = false }: TileProps) {
  return (
    <div
      data-testid={testId}
      className={`flex min-w-0 flex-col bg-panel px-4 py-2.5 md:py-3 ${wide ? "phone:col-span-2 phone:grid phone:grid-cols-[1fr_auto] phone:items-center md:max-lg:col-span-2" : ""}`}
    >
      <div className="text-muted text-xs">{label}</div>
      <div
        className={`truncate font-semibold text-[1.375rem] leading-8 tracking-[-0.02em] md:mt-0.5 xl:text-[1.625rem] ${wide ? "phone:row-span-2 phone:text-right" : ""}`}
      >
        {value ?? <span className="skeleton my-1.5 block h-5 w-3/4 min-w-24" />}
      </div>
      <div className="flex min-h-5 items-center text-muted text-xs">
        <div className="min-w-0 flex-1 truncate">{below}</div>
      </div>
    </div>
  );
}
