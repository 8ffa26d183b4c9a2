/** The chart of one market with its pickers, own trades, entry and forecast. */
import { useQuery } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { useEffect, useState } from "react";
import { barsQuery, fillsQuery, forecastsQuery, positionsQuery } from "@/api/queries";
import type { Bar } from "@/api/types";
import { PHONE, useMedia } from "@/hooks/use-media";
import { useSelection } from "@/hooks/use-selection";
import { formatDecimal, formatPrice, priceDigits } from "@/lib/decimal";
import { formatHorizon } from "@/lib/time";
import { venueName } from "@/lib/venues";
import { seriesKey, useBarStore } from "@/state/bar-store";
import { headPrice, useMarketStore } from "@/state/market-store";
import { DayChange } from "./change";
import { PanelBody } from "./panel";
import { MarketPicker, TimeframePicker, VenuePicker } from "./pickers";
import { Sparkline } from "./sparkline";
import { Ticking } from "./ticking";

const ChartCanvas = dynamic(() => import("./chart-canvas").then((module) => module.ChartCanvas), {
  ssr: false,
  loading: () => <ChartSkeleton />,
});

function ChartSkeleton() {
  return <div className="skeleton absolute inset-4" />;
}

export function ChartPanel() {
  const selection = useSelection();
  const { symbol, venue, timeframe } = selection;
  const bars = useQuery(barsQuery(symbol, venue, timeframe));
  const { data: fills = [] } = useQuery(fillsQuery);
  const { data: positions = [] } = useQuery(positionsQuery);
  const { data: forecasts = [] } = useQuery(forecastsQuery);
  const forecast = forecasts.find((known) => known.symbol === symbol);
  const [hovered, setHovered] = useState<Bar | null>(null);
  const candles = useCandlesWanted();

  return (
    <section
      aria-label="Chart"
      data-testid="chart"
      className="flex h-full min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-panel"
    >
      <header className="flex min-h-14 flex-wrap items-center gap-x-3 gap-y-1 border-line border-b px-4 py-2 md:gap-x-4">
        <MarketPicker symbols={selection.symbols} symbol={symbol} />
        <div className="phone:ml-auto md:order-1">
          <HeadPrice symbol={symbol} venue={venue} />
        </div>
        <div className="flex min-w-0 basis-full items-center gap-3 md:contents">
          <VenuePicker venues={selection.venues} venue={venue} />
          <div className="min-w-0 phone:flex-1 md:order-2 md:ml-auto">
            <TimeframePicker timeframe={timeframe} />
          </div>
        </div>
      </header>
      <div className="relative flex h-[20rem] flex-col md:h-auto md:min-h-[25rem] md:flex-1">
        <PanelBody
          query={bars}
          skeleton={<ChartSkeleton />}
          isEmpty={(rows) => rows.length === 0}
          empty={`No ${timeframe} bars of ${symbol} on ${venueName(venue)} yet. Choose a shorter time frame, or wait for the first bar to close.`}
        >
          {(rows) =>
            candles.wanted ? (
              <>
                <BarReadout
                  bar={hovered}
                  newest={rows[rows.length - 1]}
                  series={seriesKey(symbol, venue, timeframe)}
                />
                <ChartCanvas
                  key={`${symbol}@${venue}/${timeframe}`}
                  selection={selection}
                  bars={rows}
                  fills={fills}
                  positions={positions}
                  forecast={forecast}
                  onHover={setHovered}
                />
              </>
            ) : (
              <Sparkline bars={rows} symbol={symbol} forecast={forecast} onTouch={candles.want} />
            )
          }
        </PanelBody>
      </div>
      <footer className="flex flex-wrap items-center gap-x-4 gap-y-1 border-line border-t px-4 py-2 text-muted text-xs">
        <span>
          <span className="text-up">▲</span> buy <span className="text-down">▼</span> sell
        </span>
        <span>
          <span className="text-tide">┄</span> entry
        </span>
        {forecast && (
          <span>
            <span className="text-tide">◁</span> forecast {formatHorizon(forecast.horizon_s)}
            <span className="phone:hidden">, 80 % band</span>
          </span>
        )}
        <a
          className="ml-auto underline decoration-line-strong underline-offset-2 hover:text-ink"
          href="https://www.tradingview.com/"
          rel="noreferrer"
          target="_blank"
        >
          Charts by TradingView
        </a>
      </footer>
    </section>
  );
}

/** On a phone the candles wait for a touch; a desktop shows them at once. */
function useCandlesWanted(): { wanted: boolean; want: () => void } {
  const phone = useMedia(PHONE);
  const [touched, setTouched] = useState(false);
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  return { wanted: mounted && (!phone || touched), want: () => setTouched(true) };
}

function HeadPrice({ symbol, venue }: { symbol: string; venue: string }) {
  const quotes = useMarketStore((market) => market.quotes[symbol]);
  const base = useMarketStore((market) => market.basePrice[symbol]);
  const last = headPrice(quotes, [venue]);
  const change = last && base ? (Number(last) / base - 1).toFixed(6) : null;
  return (
    <div className="flex items-baseline gap-2">
      <span
        className="font-semibold text-lg tracking-[-0.01em]"
        title={`Last trade on ${venueName(venue)}; the axis of the chart has the same price`}
      >
        <Ticking text={formatPrice(last)} value={Number(last)} />
      </span>
      <DayChange ratio={change} />
    </div>
  );
}

/** Open, high, low, close and volume of the bar under the pointer, or of the one that forms. */
function BarReadout({
  bar: hovered,
  newest,
  series,
}: {
  bar: Bar | null;
  newest: Bar | undefined;
  series: string;
}) {
  const forming = useBarStore((bars) => bars.forming[series]);
  const bar = hovered ?? (forming && newest && forming.time >= newest.time ? forming : newest);
  if (!bar) return null;
  const digits = priceDigits(bar.close);
  const tone = bar.close >= bar.open ? "text-up" : "text-down";
  const price = (value: number) => formatDecimal(value.toFixed(digits), { digits });
  return (
    <dl className="pointer-events-none absolute top-2 left-3 z-10 flex flex-wrap gap-x-3 rounded bg-panel/80 px-1 text-xs">
      {(["open", "high", "low", "close"] as const).map((field) => (
        <div key={field} className="flex gap-1">
          <dt className="text-muted">{field.charAt(0).toUpperCase()}</dt>
          <dd className={tone}>{price(bar[field])}</dd>
        </div>
      ))}
      {bar.volume > 0 && (
        <div className="flex gap-1 phone:hidden">
          <dt className="text-muted">Vol</dt>
          <dd>{formatDecimal(bar.volume.toFixed(3), { digits: 2 })}</dd>
        </div>
      )}
    </dl>
  );
}
