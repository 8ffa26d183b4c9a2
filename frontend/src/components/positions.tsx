/** Open positions: a table, on a phone cards with the profit or loss large. */
import { useQuery } from "@tanstack/react-query";
import { positionsQuery } from "@/api/queries";
import type { Position } from "@/api/types";
import { PHONE, useMedia } from "@/hooks/use-media";
import { useNow } from "@/hooks/use-now";
import { formatPrice, formatSize } from "@/lib/decimal";
import { formatAge } from "@/lib/time";
import { MoneyChange, RatioChange } from "./change";
import { MarketName } from "./market-name";
import { PanelBody, SkeletonRows } from "./panel";
import { Card, Cards, Cell, Row, Table } from "./table";

const COLUMNS = [
  { title: "Market" },
  { title: "Side" },
  { title: "Size", numeric: true },
  { title: "Entry", numeric: true },
  { title: "Mark", numeric: true },
  { title: "Held", numeric: true },
  { title: "P&L", numeric: true },
] as const;

export function Positions() {
  const query = useQuery(positionsQuery);
  const phone = useMedia(PHONE);
  const now = useNow(10_000);
  return (
    <PanelBody
      query={query}
      skeleton={<SkeletonRows rows={4} height="h-12" />}
      isEmpty={(positions) => positions.length === 0}
      empty={
        <>
          <p className="font-medium text-ink">No open position</p>
          <p>The strategies open one at their next signal. Their orders and fills are in the tabs beside.</p>
        </>
      }
    >
      {(positions) =>
        phone ? (
          <Cards testId="positions-table" label="Positions">
            {positions.map((position) => (
              <PositionCard key={keyOf(position)} position={position} now={now} />
            ))}
          </Cards>
        ) : (
          <Table caption="Positions" testId="positions-table" columns={COLUMNS}>
            {positions.map((position) => (
              <PositionRow key={keyOf(position)} position={position} now={now} />
            ))}
          </Table>
        )
      }
    </PanelBody>
  );
}

function keyOf({ symbol, strategy }: Position): string {
  return `${symbol}/${strategy}`;
}

interface PositionProps {
  position: Position;
  now: number;
}

function Side({ side }: Pick<Position, "side">) {
  return side === "long" ? (
    <span className="text-up">
      <span aria-hidden="true" className="mr-1 text-[0.7em]">
        ▲
      </span>
      Long
    </span>
  ) : (
    <span className="text-down">
      <span aria-hidden="true" className="mr-1 text-[0.7em]">
        ▼
      </span>
      Short
    </span>
  );
}

function PositionRow({ position, now }: PositionProps) {
  return (
    <Row testId="position-row">
      <Cell>
        <MarketName of={position.symbol} />
        <span className="ml-2 text-muted text-xs">{position.strategy}</span>
      </Cell>
      <Cell>
        <Side side={position.side} />
      </Cell>
      <Cell numeric>{formatSize(position.size)}</Cell>
      <Cell numeric>{formatPrice(position.entry_price)}</Cell>
      <Cell numeric>{formatPrice(position.mark_price)}</Cell>
      <Cell numeric className="text-muted">
        {formatAge(now - Date.parse(position.opened_at))}
      </Cell>
      <Cell numeric>
        <MoneyChange amount={position.unrealized_pnl} className="font-semibold" />
        <span className="ml-2 inline-block min-w-16 text-xs">
          <RatioChange ratio={position.unrealized_pnl_ratio} />
        </span>
      </Cell>
    </Row>
  );
}

function PositionCard({ position, now }: PositionProps) {
  return (
    <Card testId="position-row">
      <div className="flex items-start justify-between gap-3">
        <div>
          <div className="flex items-center gap-2">
            <MarketName of={position.symbol} />
            <span className="text-xs">
              <Side side={position.side} />
            </span>
          </div>
          <div className="mt-1 text-muted text-xs">
            {formatSize(position.size)} at {formatPrice(position.entry_price)}
          </div>
          <div className="text-muted text-xs">
            {position.strategy} · held {formatAge(now - Date.parse(position.opened_at))}
          </div>
        </div>
        <div className="text-right">
          <MoneyChange
            amount={position.unrealized_pnl}
            className="font-semibold text-xl tracking-[-0.01em]"
          />
          <div className="text-xs">
            <RatioChange ratio={position.unrealized_pnl_ratio} />
          </div>
        </div>
      </div>
    </Card>
  );
}
