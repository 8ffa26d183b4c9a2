/** The strategies that run in this process. */
import { useQuery } from "@tanstack/react-query";
import { strategiesQuery } from "@/api/queries";
import type { Strategy } from "@/api/types";
import { MoneyChange } from "./change";
import { Panel, PanelBody, SkeletonRows } from "./panel";

const STATES = {
  on: { word: "On", tone: "text-up", sign: "●" },
  off: { word: "Off", tone: "text-muted", sign: "○" },
  error: { word: "Error", tone: "text-down", sign: "▲" },
} as const;

export function Strategies() {
  const query = useQuery(strategiesQuery);
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
              <StrategyRow key={strategy.name} strategy={strategy} />
            ))}
          </ul>
        )}
      </PanelBody>
    </Panel>
  );
}

function StrategyRow({ strategy }: { strategy: Strategy }) {
  const { word, tone, sign } = STATES[strategy.state];
  return (
    <li className="flex min-h-14 items-center gap-4 border-line px-4 py-2 [&+li]:border-t">
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <span className="font-semibold">{strategy.name}</span>
          <span className="text-muted text-xs">{strategy.timeframe}</span>
          <span className={`text-xs ${tone}`}>
            <span aria-hidden="true">{sign}</span> {word}
          </span>
        </div>
        <p
          className={`truncate text-xs ${strategy.error ? "text-down" : "text-muted"}`}
          title={strategy.error ?? strategy.docs}
        >
          {strategy.error ?? strategy.docs}
        </p>
      </div>
      <div className="text-right">
        <MoneyChange amount={strategy.pnl} className="font-medium" />
        <div className="whitespace-nowrap text-muted text-xs">
          {strategy.trades} trades · {strategy.open_positions} open
        </div>
      </div>
    </li>
  );
}
