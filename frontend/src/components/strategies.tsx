/** The strategies that run in this process; a press on one shows its whole description. */
import { useQuery } from "@tanstack/react-query";
import { portfolioQuery, strategiesQuery } from "@/api/queries";
import type { Strategy } from "@/api/types";
import { formatMoney } from "@/lib/decimal";
import { MoneyChange } from "./change";
import { Described } from "./described";
import { ChevronIcon } from "./icons";
import { Panel, PanelBody, SkeletonRows } from "./panel";

const STATES = {
  on: { word: "On", tone: "text-up", sign: "●" },
  off: { word: "Off", tone: "text-muted", sign: "○" },
  error: { word: "Error", tone: "text-down", sign: "▲" },
} as const;

export function Strategies() {
  const query = useQuery(strategiesQuery);
  const currency = useQuery(portfolioQuery).data?.currency ?? "";
  return (
    <Panel title="Strategies" aside="profit and loss since the start">
      <PanelBody
        query={query}
        skeleton={<SkeletonRows rows={2} height="h-16" />}
        isEmpty={(strategies) => strategies.length === 0}
        empty="No strategy is loaded. Add a file to trading/strategies and restart."
      >
        {(strategies) => (
          <ul>
            {strategies.map((strategy) => (
              <StrategyRow key={strategy.name} strategy={strategy} currency={currency} />
            ))}
          </ul>
        )}
      </PanelBody>
    </Panel>
  );
}

function StrategyRow({ strategy, currency }: { strategy: Strategy; currency: string }) {
  const { word, tone, sign } = STATES[strategy.state];
  return (
    <li className="border-line [&+li]:border-t">
      <details data-testid={`strategy-${strategy.name}`} className="group">
        <summary className="flex min-h-14 list-none items-center gap-3 px-4 py-2 hover:bg-raised">
          <span className="min-w-0 flex-1">
            <span className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-semibold">{strategy.name}</span>
              <span className="text-muted text-xs">{strategy.timeframe}</span>
              <span className={`text-xs ${tone}`}>
                <span aria-hidden="true">{sign}</span> {word}
              </span>
            </span>
            <span
              className={`block truncate text-xs group-open:invisible ${strategy.error ? "text-down" : "text-muted"}`}
            >
              {strategy.error ?? <Described text={strategy.docs} />}
            </span>
          </span>
          <span className="text-right">
            <MoneyChange amount={strategy.pnl} className="font-medium" />
            <span className="block whitespace-nowrap text-muted text-xs">
              {counted(strategy.trades, "trade")} · {strategy.open_positions} open
            </span>
          </span>
          <span className="text-muted transition-transform group-open:rotate-180">
            <ChevronIcon />
          </span>
        </summary>
        <div className="flex max-w-[48rem] flex-col gap-2 px-4 pb-4">
          {strategy.error && (
            <p className="break-words text-down">
              <span className="font-medium">Error:</span> {strategy.error}
            </p>
          )}
          <p className="whitespace-pre-line">
            <Described text={strategy.docs || "It has no description."} />
          </p>
          <p className="text-muted text-xs">
            Began with {formatMoney(strategy.capital)} {currency}; it trades with that and its earnings.
          </p>
        </div>
      </details>
    </li>
  );
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
