/** The phone's first chart: one line, no library; a touch brings the candles. */
import type { Bar, Forecast } from "@/api/types";
import { formatPrice } from "@/lib/decimal";

const WIDTH = 360;
const HEIGHT = 280;
const SHOWN = 120;
/** Where the forecast ends: its tip stays clear of the right edge. */
const CONE_END = WIDTH * 0.96;
/** Room for the words above and below the line. */
const TOP = 40;
const BOTTOM = 28;

interface SparklineProps {
  bars: Bar[];
  symbol: string;
  forecast: Forecast | undefined;
  onTouch: () => void;
}

export function Sparkline({ bars, symbol, forecast, onTouch }: SparklineProps) {
  const closes = bars.slice(-SHOWN).map((bar) => bar.close);
  const last = closes[closes.length - 1] ?? 0;
  const ends = forecast ? [last * (1 + forecast.low), last * (1 + forecast.high)] : [];
  const low = Math.min(...closes, ...ends);
  const high = Math.max(...closes, ...ends);
  const room = forecast ? 0.82 : 1;
  const x = (index: number) => (index / Math.max(1, closes.length - 1)) * WIDTH * room;
  const y = (price: number) =>
    HEIGHT - BOTTOM - ((price - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  const line = closes.map((close, index) => `${x(index).toFixed(1)},${y(close).toFixed(1)}`).join(" ");
  const tip = { x: WIDTH * room, y: y(last) };
  const tone = last >= (closes[0] ?? 0) ? "var(--up)" : "var(--down)";
  return (
    <button type="button" onClick={onTouch} className="relative block h-full w-full">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-full w-full"
        aria-hidden="true"
      >
        <defs>
          <linearGradient id="spark" x1="0" y1="0" x2="0" y2="1">
            <stop offset="0" stopColor={tone} stopOpacity="0.28" />
            <stop offset="1" stopColor={tone} stopOpacity="0" />
          </linearGradient>
        </defs>
        <polygon points={`0,${HEIGHT} ${line} ${tip.x},${HEIGHT}`} fill="url(#spark)" />
        <polyline
          points={line}
          fill="none"
          stroke={tone}
          strokeWidth="1.8"
          vectorEffect="non-scaling-stroke"
          strokeLinejoin="round"
        />
        {forecast && (
          <>
            <polygon
              points={`${tip.x},${tip.y} ${CONE_END},${y(last * (1 + forecast.high))} ${CONE_END},${y(last * (1 + forecast.low))}`}
              fill="var(--tide-soft)"
            />
            <line
              x1={tip.x}
              y1={tip.y}
              x2={CONE_END}
              y2={y(last * (1 + forecast.predicted_return))}
              stroke="var(--tide)"
              strokeWidth="1.8"
              vectorEffect="non-scaling-stroke"
            />
          </>
        )}
      </svg>
      <span className="sr-only">Chart of {symbol}: </span>
      <span className="absolute top-2.5 left-4 text-muted text-xs">
        high {formatPrice(String(Math.max(...closes)))}
      </span>
      <span className="absolute bottom-2 left-4 text-muted text-xs">
        low {formatPrice(String(Math.min(...closes)))}
      </span>
      <span className="absolute top-2 right-3 rounded-full bg-raised px-3 py-1 text-muted text-xs">
        Touch for candles
      </span>
    </button>
  );
}
