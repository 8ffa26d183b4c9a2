/** All markets with the best bid and ask of each venue side by side. */
import { useQuery } from "@tanstack/react-query";
import { feedsQuery, marketsQuery } from "@/api/queries";
import type { Feed } from "@/api/types";
import { useNow } from "@/hooks/use-now";
import { useSelection } from "@/hooks/use-selection";
import { compareDecimals, formatPrice } from "@/lib/decimal";
import { formatAge } from "@/lib/time";
import { venueName } from "@/lib/venues";
import { headPrice, useMarketStore, type VenueQuote, type VenueQuotes } from "@/state/market-store";
import { useViewStore } from "@/state/view-store";
import { DayChange } from "./change";
import { MarketName } from "./market-name";
import { Panel, PanelBody, SkeletonRows } from "./panel";
import { Ticking } from "./ticking";

/** A price that no update has touched for this long shows its age. */
const OLD_MS = 30_000;

export function Watchlist() {
  const query = useQuery(marketsQuery);
  const { data: feeds } = useQuery(feedsQuery);
  const { symbols, venues, symbol: selected } = useSelection();
  const now = useNow();
  return (
    <Panel title="Markets" aside="bid over ask, best marked" className="h-full">
      <PanelBody
        query={query}
        skeleton={<SkeletonRows rows={5} height="h-20" />}
        isEmpty={(markets) => markets.length === 0 && symbols.length === 0}
        empty="No market yet. The collectors are subscribing; the first prices come within seconds."
      >
        {(markets) => (
          <>
            <div
              className="grid grid-cols-[7.5rem_minmax(0,1fr)] px-4 pt-2 text-muted text-xs"
              aria-hidden="true"
            >
              <span>Last</span>
              <VenueGrid count={venues.length}>
                {venues.map((venue) => (
                  <span key={venue} className="truncate pr-1.5">
                    {venueName(venue)}
                  </span>
                ))}
              </VenueGrid>
            </div>
            <ul className="flex flex-col px-2 pb-2">
              {(symbols.length > 0 ? symbols : markets.map(({ symbol }) => symbol)).map((symbol) => (
                <WatchlistRow
                  key={symbol}
                  symbol={symbol}
                  venues={venues}
                  feeds={feeds}
                  now={now}
                  selected={symbol === selected}
                />
              ))}
            </ul>
          </>
        )}
      </PanelBody>
    </Panel>
  );
}

function VenueGrid({ count, children }: { count: number; children: React.ReactNode }) {
  return (
    <span
      className="grid text-right"
      style={{ gridTemplateColumns: `repeat(${Math.max(1, count)}, minmax(0, 1fr))` }}
    >
      {children}
    </span>
  );
}

interface RowProps {
  symbol: string;
  venues: readonly string[];
  feeds: Feed[] | undefined;
  now: number;
  selected: boolean;
}

function WatchlistRow({ symbol, venues, feeds, now, selected }: RowProps) {
  const quotes = useMarketStore((market) => market.quotes[symbol]);
  const base = useMarketStore((market) => market.basePrice[symbol]);
  const last = headPrice(quotes, venues);
  const change = last && base ? (Number(last) / base - 1).toFixed(6) : null;
  const ownFeeds = feeds?.filter((feed) => feed.symbol === symbol);
  const best = bestOf(quotes, ownFeeds);
  return (
    <li className="flex border-line [&+li]:border-t" data-testid={`watchlist-row-${symbol}`}>
      <button
        type="button"
        aria-pressed={selected}
        onClick={() => useViewStore.getState().set({ symbol })}
        className={`my-1 grid min-h-[4.25rem] w-full grid-cols-[7rem_minmax(0,1fr)] items-center rounded-lg px-2 text-left ${selected ? "bg-raised ring-1 ring-line-strong" : "hover:bg-raised"}`}
      >
        <span className="flex flex-col">
          <MarketName of={symbol} />
          <span className="font-medium text-[0.9375rem]">
            <Ticking text={formatPrice(last)} value={Number(last)} />
          </span>
          <DayChange ratio={change} />
        </span>
        <VenueGrid count={venues.length}>
          {venues.map((venue) => (
            <VenueCell
              key={venue}
              venue={venue}
              quote={quotes?.[venue]}
              best={best}
              feed={ownFeeds?.find((feed) => feed.venue === venue)}
              now={now}
            />
          ))}
        </VenueGrid>
      </button>
    </li>
  );
}

interface Best {
  bid: string | null;
  ask: string | null;
}

/** Return the best bid and ask over the venues whose data is good. */
function bestOf(quotes: VenueQuotes | undefined, feeds: Feed[] | undefined): Best {
  const best: Best = { bid: null, ask: null };
  for (const [venue, { bid, ask }] of Object.entries(quotes ?? {})) {
    if (feeds?.some((feed) => feed.venue === venue && feed.state !== "ok")) continue;
    if (bid && (!best.bid || compareDecimals(bid, best.bid) > 0)) best.bid = bid;
    if (ask && (!best.ask || compareDecimals(ask, best.ask) < 0)) best.ask = ask;
  }
  return best;
}

interface CellProps {
  venue: string;
  quote: VenueQuote | undefined;
  best: Best;
  feed: Feed | undefined;
  now: number;
}

function VenueCell({ venue, quote, best, feed, now }: CellProps) {
  const ageMs = quote ? now - quote.seenMs : 0;
  const poor = feed !== undefined && feed.state !== "ok";
  const old = quote !== undefined && (poor || ageMs > OLD_MS);
  return (
    <span data-venue={venue} className={`flex flex-col text-xs leading-5 ${old ? "italic" : ""}`}>
      <span className="sr-only">{venueName(venue)}</span>
      <Side word="bid" price={quote?.bid} isBest={!poor && quote?.bid != null && quote.bid === best.bid} />
      <Side word="ask" price={quote?.ask} isBest={!poor && quote?.ask != null && quote.ask === best.ask} />
      {old && (
        <span className="whitespace-nowrap pr-1.5 text-[0.6875rem] text-warn not-italic leading-4">
          {poor ? feed.state : formatAge(ageMs)}
        </span>
      )}
    </span>
  );
}

interface SideProps {
  word: "bid" | "ask";
  price: string | null | undefined;
  isBest: boolean;
}

function Side({ word, price, isBest }: SideProps) {
  const tone = word === "bid" ? "bg-up-soft text-up" : "bg-down-soft text-down";
  return (
    <span>
      <span className="sr-only">{isBest ? `best ${word}` : word} </span>
      <span className={`rounded px-1.5 py-px ${isBest ? `font-semibold ${tone}` : "text-muted"}`}>
        {formatPrice(price)}
      </span>
    </span>
  );
}
