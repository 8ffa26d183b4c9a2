/** What was traded, newest first. */
import { useQuery } from "@tanstack/react-query";
import { fillsQuery } from "@/api/queries";
import type { Fill } from "@/api/types";
import { PHONE, useMedia } from "@/hooks/use-media";
import { useNow } from "@/hooks/use-now";
import { formatDecimal, formatPrice, formatSize } from "@/lib/decimal";
import { formatMoment } from "@/lib/time";
import { venueName } from "@/lib/venues";
import { MarketName } from "./market-name";
import { OrderSide } from "./order-side";
import { PanelBody, SkeletonRows } from "./panel";
import { Card, Cards, Cell, Row, Table } from "./table";

const COLUMNS = [
  { title: "Time" },
  { title: "Market" },
  { title: "Side" },
  { title: "Size", numeric: true },
  { title: "Price", numeric: true },
  { title: "Fee", numeric: true },
  { title: "Venue" },
] as const;

export function Fills() {
  const query = useQuery(fillsQuery);
  const phone = useMedia(PHONE);
  const now = useNow(60_000);
  return (
    <PanelBody
      query={query}
      skeleton={<SkeletonRows rows={4} height="h-12" />}
      isEmpty={(fills) => fills.length === 0}
      empty={
        <>
          <p className="font-medium text-ink">No fill yet</p>
          <p>
            The first fill shows here once an order meets the book. Orders that wait are in the tab beside.
          </p>
        </>
      }
    >
      {(fills) =>
        phone ? (
          <Cards testId="fills-table" label="Fills">
            {fills.map((fill) => (
              <FillCard key={fill.fill_id} fill={fill} now={now} />
            ))}
          </Cards>
        ) : (
          <Table caption="Fills" testId="fills-table" columns={COLUMNS}>
            {fills.map((fill) => (
              <FillRow key={fill.fill_id} fill={fill} now={now} />
            ))}
          </Table>
        )
      }
    </PanelBody>
  );
}

interface FillProps {
  fill: Fill;
  now: number;
}

function Fee({ fill }: { fill: Fill }) {
  return (
    <span className="text-muted">
      {formatDecimal(fill.fee, { digits: 4, digitsMin: 2 })} {fill.fee_currency}
    </span>
  );
}

function FillRow({ fill, now }: FillProps) {
  return (
    <Row testId="fill-row">
      <Cell className="text-muted">{formatMoment(fill.ts, now)}</Cell>
      <Cell>
        <MarketName of={fill.symbol} />
      </Cell>
      <Cell>
        <OrderSide side={fill.side} />
      </Cell>
      <Cell numeric>{formatSize(fill.size)}</Cell>
      <Cell numeric>{formatPrice(fill.price)}</Cell>
      <Cell numeric>
        <Fee fill={fill} />
      </Cell>
      <Cell>
        {venueName(fill.venue)} <span className="text-muted text-xs">{fill.liquidity}</span>
      </Cell>
    </Row>
  );
}

function FillCard({ fill, now }: FillProps) {
  return (
    <Card testId="fill-row">
      <div className="flex items-center justify-between gap-3">
        <span className="flex items-center gap-2">
          <OrderSide side={fill.side} /> <MarketName of={fill.symbol} />
        </span>
        <span className="font-medium">{formatPrice(fill.price)}</span>
      </div>
      <div className="mt-0.5 flex items-center justify-between gap-3 text-muted text-xs">
        <span>
          {formatSize(fill.size)} on {venueName(fill.venue)}
        </span>
        <span>{formatMoment(fill.ts, now)}</span>
      </div>
    </Card>
  );
}
