/** Orders, newest first, each with its route: what every venue would have cost. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { ordersQuery } from "@/api/queries";
import type { Order } from "@/api/types";
import { PHONE, useMedia } from "@/hooks/use-media";
import { useNow } from "@/hooks/use-now";
import { formatPrice, formatSize } from "@/lib/decimal";
import { ORDER_LOOK } from "@/lib/orders";
import { formatMoment } from "@/lib/time";
import { venueName } from "@/lib/venues";
import { MarketName } from "./market-name";
import { OrderSide } from "./order-side";
import { PanelBody, SkeletonRows } from "./panel";
import { RoutingTable, SavedBps } from "./routing";
import { Card, Cards, Cell, Row, Table } from "./table";

const COLUMNS = [
  { title: "Time" },
  { title: "Market" },
  { title: "Side" },
  { title: "Filled / size", numeric: true },
  { title: "Price", numeric: true },
  { title: "State" },
  { title: "Route" },
] as const;

export function Orders() {
  const query = useQuery(ordersQuery);
  const phone = useMedia(PHONE);
  const now = useNow(60_000);
  const [open, setOpen] = useState<string | null>(null);
  const toggle = (id: string) => setOpen((known) => (known === id ? null : id));
  return (
    <PanelBody
      query={query}
      skeleton={<SkeletonRows rows={4} height="h-12" />}
      isEmpty={(orders) => orders.length === 0}
      empty={
        <>
          <p className="font-medium text-ink">No order yet</p>
          <p>
            An order shows here as soon as a strategy's signal passes the risk rules, with the route it took.
          </p>
        </>
      }
    >
      {(orders) => {
        const props = (order: Order) => ({
          order,
          now,
          open: open === order.client_order_id,
          toggle: () => toggle(order.client_order_id),
        });
        return phone ? (
          <Cards testId="orders-table" label="Orders">
            {orders.map((order) => (
              <OrderCard key={order.client_order_id} {...props(order)} />
            ))}
          </Cards>
        ) : (
          <Table caption="Orders" testId="orders-table" columns={COLUMNS}>
            {orders.map((order) => (
              <OrderRow key={order.client_order_id} {...props(order)} />
            ))}
          </Table>
        );
      }}
    </PanelBody>
  );
}

interface OrderProps {
  order: Order;
  now: number;
  open: boolean;
  toggle: () => void;
}

function State({ order }: { order: Order }) {
  const { word, tone } = ORDER_LOOK[order.state];
  return (
    <span className={`font-medium ${tone}`} title={order.reason ?? undefined}>
      {word}
      {order.reason && (
        <span className="block max-w-56 truncate font-normal text-muted text-xs">{order.reason}</span>
      )}
    </span>
  );
}

function priceOf(order: Order): string {
  if (order.average_price) return formatPrice(order.average_price);
  return order.limit_price ? formatPrice(order.limit_price) : order.type;
}

function RouteButton({ order, open, toggle }: Omit<OrderProps, "now">) {
  if (!order.routing) return <span className="text-muted">{venueName(order.venue)}</span>;
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={toggle}
      className="min-h-11 whitespace-nowrap rounded-md underline decoration-line-strong underline-offset-4 hover:decoration-tide md:min-h-9"
    >
      {venueName(order.routing.chosen)} <SavedBps bps={order.routing.saved_bps} />
    </button>
  );
}

function OrderRow({ order, now, open, toggle }: OrderProps) {
  return (
    <>
      <Row testId="order-row">
        <Cell className="text-muted">{formatMoment(order.created_at, now)}</Cell>
        <Cell>
          <MarketName of={order.symbol} />
          <span className="ml-2 text-muted text-xs">{order.strategy}</span>
        </Cell>
        <Cell>
          <OrderSide side={order.side} />
        </Cell>
        <Cell numeric>
          {formatSize(order.filled_size)} <span className="text-muted">/ {formatSize(order.size)}</span>
        </Cell>
        <Cell numeric>{priceOf(order)}</Cell>
        <Cell>
          <State order={order} />
        </Cell>
        <Cell>
          <RouteButton order={order} open={open} toggle={toggle} />
        </Cell>
      </Row>
      {open && order.routing && (
        <tr>
          <td colSpan={COLUMNS.length} className="border-line border-t bg-raised px-4 py-3">
            <RoutingTable routing={order.routing} />
          </td>
        </tr>
      )}
    </>
  );
}

function OrderCard({ order, now, open, toggle }: OrderProps) {
  return (
    <Card testId="order-row">
      <div className="flex items-center justify-between gap-3">
        <span className="flex items-center gap-2">
          <OrderSide side={order.side} /> <MarketName of={order.symbol} />
        </span>
        <State order={order} />
      </div>
      <div className="mt-0.5 flex items-center justify-between gap-3 text-muted text-xs">
        <span>
          {formatSize(order.filled_size)} / {formatSize(order.size)} at {priceOf(order)}
        </span>
        <span>{formatMoment(order.created_at, now)}</span>
      </div>
      <div className="text-xs">
        <RouteButton order={order} open={open} toggle={toggle} />
      </div>
      {open && order.routing && <RoutingTable routing={order.routing} />}
    </Card>
  );
}
