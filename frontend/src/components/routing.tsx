/** The routing decision of an order: every venue considered, with its all-in price. */
import type { Routing } from "@/api/types";
import { formatDecimal, formatPrice, signOf } from "@/lib/decimal";
import { venueName } from "@/lib/venues";

/** What the route saved against the next best venue. */
export function SavedBps({ bps }: { bps: string | null }) {
  if (!bps || signOf(bps) <= 0) return null;
  return <span className="text-muted text-xs">saved {formatDecimal(bps, { digits: 1 })} bps</span>;
}

export function RoutingTable({ routing }: { routing: Routing }) {
  return (
    <table className="w-full max-w-xl text-xs">
      <caption className="pb-1 text-left text-muted">Venues considered, fees included</caption>
      <thead className="text-muted">
        <tr>
          <th className="py-1 text-left font-medium">Venue</th>
          <th className="text-right font-medium">Price</th>
          <th className="text-right font-medium">Fee</th>
          <th className="text-right font-medium">All in</th>
        </tr>
      </thead>
      <tbody>
        {routing.considered.map(({ venue, price, fee, all_in }) => {
          const chosen = venue === routing.chosen;
          return (
            <tr key={venue} className={chosen ? "font-semibold" : "text-muted"}>
              <td className="py-1">
                <span aria-hidden="true" className="inline-block w-4 text-tide">
                  {chosen ? "✓" : ""}
                </span>
                {venueName(venue)}
                {chosen && <span className="sr-only"> (chosen)</span>}
              </td>
              <td className="text-right">{formatPrice(price)}</td>
              <td className="text-right">{formatDecimal(fee, { digits: 6, digitsMin: 2 })}</td>
              <td className="text-right">{formatPrice(all_in)}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
