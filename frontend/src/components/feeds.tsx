/** How well each venue's data flows; a venue is as good as its worst market. */
import { useQuery } from "@tanstack/react-query";
import { feedsQuery } from "@/api/queries";
import type { Feed } from "@/api/types";
import { useNow } from "@/hooks/use-now";
import { useSelection } from "@/hooks/use-selection";
import { formatAge, formatLag } from "@/lib/time";
import { venueName } from "@/lib/venues";
import { ChevronIcon } from "./icons";
import { Panel, PanelBody, SkeletonRows } from "./panel";

const LOOKS = {
  ok: { word: "Live", tone: "text-up", sign: "●" },
  degraded: { word: "Degraded", tone: "text-warn", sign: "◐" },
  stale: { word: "Stale", tone: "text-down", sign: "○" },
} as const;
const WORST_FIRST = ["stale", "degraded", "ok"] as const;

export interface VenueFeed {
  venue: string;
  state: Feed["state"];
  reason: string | null;
  /** The slowest market's. */
  lagMs: number | null;
  updatesPerS: number;
  gaps: number;
  quarantined: number;
  feeds: Feed[];
}

/** Gather the feeds of each venue, in the order given, then as they come. */
export function byVenue(feeds: Feed[], order: readonly string[]): VenueFeed[] {
  const venues = new Set([...order, ...feeds.map((feed) => feed.venue)]);
  return [...venues]
    .map((venue) =>
      gather(
        venue,
        feeds.filter((feed) => feed.venue === venue),
      ),
    )
    .filter(({ feeds: own }) => own.length > 0);
}

function gather(venue: string, feeds: Feed[]): VenueFeed {
  const state = WORST_FIRST.find((worst) => feeds.some((feed) => feed.state === worst)) ?? "stale";
  const worst = feeds.find((feed) => feed.state === state && feed.reason);
  const lags = feeds.flatMap((feed) => (feed.lag_ms === null ? [] : [feed.lag_ms]));
  const sum = (pick: (feed: Feed) => number) => feeds.reduce((total, feed) => total + pick(feed), 0);
  return {
    venue,
    state,
    reason: state !== "ok" && worst ? `${worst.symbol}: ${worst.reason}` : null,
    lagMs: lags.length > 0 ? Math.max(...lags) : null,
    updatesPerS: sum((feed) => feed.updates_per_s),
    gaps: sum((feed) => feed.gaps),
    quarantined: sum((feed) => feed.quarantined),
    feeds,
  };
}

export function Feeds() {
  const query = useQuery(feedsQuery);
  const { venues } = useSelection();
  return (
    <Panel title="Feed health" aside="lag · updates/s · gaps">
      <PanelBody
        query={query}
        skeleton={<SkeletonRows rows={3} height="h-14" />}
        isEmpty={(feeds) => feeds.length === 0}
        empty="No feed reports yet. Check that the collectors run: tidegate status."
      >
        {(feeds) => (
          <div>
            {byVenue(feeds, venues).map((venue) => (
              <VenueRow key={venue.venue} feed={venue} />
            ))}
          </div>
        )}
      </PanelBody>
    </Panel>
  );
}

function State({ state }: Pick<Feed, "state">) {
  const { word, tone, sign } = LOOKS[state];
  return (
    <span className={`whitespace-nowrap text-xs ${tone}`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

function VenueRow({ feed }: { feed: VenueFeed }) {
  return (
    <details data-testid={`feeds-row-${feed.venue}`} className="group border-line [&+details]:border-t">
      <summary className="flex min-h-14 list-none items-center gap-3 px-4 py-2 hover:bg-raised">
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span className="font-semibold">{venueName(feed.venue)}</span>
            <State state={feed.state} />
          </span>
          {(feed.reason || feed.quarantined > 0) && (
            <span className="block truncate text-muted text-xs">
              {feed.reason ?? `${feed.quarantined} in quarantine`}
            </span>
          )}
        </span>
        <Figures lagMs={feed.lagMs} updatesPerS={feed.updatesPerS} gaps={feed.gaps} />
        <span className="text-muted transition-transform group-open:rotate-180">
          <ChevronIcon />
        </span>
      </summary>
      <MarketFeeds feeds={feed.feeds} />
    </details>
  );
}

function Figures({ lagMs, updatesPerS, gaps }: Pick<VenueFeed, "lagMs" | "updatesPerS" | "gaps">) {
  return (
    <span className="flex gap-4 whitespace-nowrap text-right text-xs">
      <span className="w-12">
        <span className="sr-only">lag </span>
        {formatLag(lagMs)}
      </span>
      <span className="w-12">
        {updatesPerS.toFixed(updatesPerS < 10 ? 1 : 0)}
        <span className="text-muted">/s</span>
      </span>
      <span className={`w-12 ${gaps > 0 ? "text-warn" : "text-muted"}`}>
        {gaps} {gaps === 1 ? "gap" : "gaps"}
      </span>
    </span>
  );
}

function MarketFeeds({ feeds }: { feeds: Feed[] }) {
  const now = useNow();
  return (
    <ul className="border-line border-t bg-raised py-1">
      {feeds.map((feed) => (
        <li key={feed.symbol} className="flex min-h-8 items-center gap-3 px-4 pr-11 text-xs">
          <span className="min-w-0 flex-1 truncate">
            {feed.symbol} <State state={feed.state} />
            {feed.last_update_ms !== null && (
              <span className="text-muted"> {formatAge(now - feed.last_update_ms)}</span>
            )}
          </span>
          <Figures lagMs={feed.lag_ms} updatesPerS={feed.updates_per_s} gaps={feed.gaps} />
        </li>
      ))}
    </ul>
  );
}
