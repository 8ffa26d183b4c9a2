/** What the models expect: direction, probability, return, horizon, and who says so. */
import { useQuery } from "@tanstack/react-query";
import { forecastsQuery } from "@/api/queries";
import type { Forecast } from "@/api/types";
import { useNow } from "@/hooks/use-now";
import { useSelection } from "@/hooks/use-selection";
import { formatRatio } from "@/lib/decimal";
import { formatAgo, formatHorizon } from "@/lib/time";
import { MarketName } from "./market-name";
import { Panel, PanelBody, SkeletonRows } from "./panel";

/** A probability this near to a half says nothing. */
const UNDECIDED = 0.02;
/** The model that a trained one has to beat. */
const BASELINE = "last_value";

export function Forecasts() {
  const query = useQuery(forecastsQuery);
  const { symbols } = useSelection();
  const now = useNow();
  const place = ({ symbol }: Forecast) =>
    symbols.includes(symbol) ? symbols.indexOf(symbol) : symbols.length;
  return (
    <Panel title="Model forecasts" aside={horizonOf(query.data)}>
      <PanelBody
        query={query}
        skeleton={<SkeletonRows rows={5} height="h-14" />}
        isEmpty={(forecasts) => forecasts.length === 0}
        empty={
          <>
            <p className="font-medium text-ink">No forecast yet</p>
            <p>
              A model speaks once it has seen enough one-minute bars. Strategies that need it hold until then.
            </p>
          </>
        }
      >
        {(forecasts) => (
          <ul className="flex flex-col">
            {forecasts
              .toSorted((a, b) => place(a) - place(b))
              .map((forecast) => (
                <ForecastRow key={forecast.symbol} forecast={forecast} now={now} />
              ))}
          </ul>
        )}
      </PanelBody>
    </Panel>
  );
}

function horizonOf(forecasts: Forecast[] | undefined): string {
  const horizon = forecasts?.[0]?.horizon_s;
  return horizon ? `next ${formatHorizon(horizon)}` : "";
}

interface Direction {
  word: "Up" | "Down" | "Flat";
  sign: string;
  tone: string;
  bar: string;
}

/** Return which way the model leans. */
export function directionOf(probabilityUp: number): Direction {
  if (Math.abs(probabilityUp - 0.5) < UNDECIDED) {
    return { word: "Flat", sign: "•", tone: "text-muted", bar: "bg-line-strong" };
  }
  if (probabilityUp > 0.5) return { word: "Up", sign: "▲", tone: "text-up", bar: "bg-up" };
  return { word: "Down", sign: "▼", tone: "text-down", bar: "bg-down" };
}

function ratio(value: number): string {
  return formatRatio(value.toFixed(6), 2, "always");
}

function ForecastRow({ forecast, now }: { forecast: Forecast; now: number }) {
  const { word, sign, tone, bar } = directionOf(forecast.probability_up);
  const madeMs = Date.parse(forecast.made_at);
  const expired = now - madeMs > forecast.horizon_s * 1000;
  const chance = Math.max(forecast.probability_up, 1 - forecast.probability_up);
  return (
    <li
      data-testid={`forecast-${forecast.symbol}`}
      className={`flex flex-col gap-1 border-line px-4 py-2 [&+li]:border-t ${expired ? "opacity-60" : ""}`}
    >
      <div className="flex items-center justify-between gap-3">
        <span className="w-24">
          <MarketName of={forecast.symbol} />
        </span>
        <ProbabilityBar probabilityUp={forecast.probability_up} bar={bar} />
        <span className={`w-28 whitespace-nowrap text-right font-medium ${tone}`}>
          <span aria-hidden="true" className="mr-1 text-[0.7em]">
            {sign}
          </span>
          {word} {(chance * 100).toFixed(0)}%
        </span>
      </div>
      <div className="flex items-center justify-between gap-3 text-muted text-xs">
        <span className="truncate">
          {!forecast.model_version.startsWith(forecast.model) && `${forecast.model} `}
          <span data-testid="forecast-version">{forecast.model_version}</span>{" "}
          {forecast.model === BASELINE && <BaselineLabel />}·{" "}
          {expired ? `expired, made ${formatAgo(now - madeMs)}` : formatAgo(now - madeMs)}
        </span>
        <span className="whitespace-nowrap" title="80 % band of the return">
          <span className="text-ink">{ratio(forecast.predicted_return)}</span> ({ratio(forecast.low)} …{" "}
          {ratio(forecast.high)})
        </span>
      </div>
    </li>
  );
}

function BaselineLabel() {
  return (
    <span
      className="mr-1 rounded border border-line-strong px-1 text-[0.6875rem]"
      title="The baseline: no trained model has beaten it yet"
    >
      baseline
    </span>
  );
}

/** A bar that grows from the middle: right is up, left is down. */
function ProbabilityBar({ probabilityUp, bar }: { probabilityUp: number; bar: string }) {
  const lean = Math.min(1, Math.abs(probabilityUp - 0.5) * 2);
  return (
    <span aria-hidden="true" className="relative h-1.5 min-w-12 flex-1 rounded-full bg-raised">
      <span className="absolute inset-y-[-3px] left-1/2 w-px bg-line-strong" />
      <span
        className={`absolute inset-y-0 rounded-full ${bar}`}
        style={
          probabilityUp >= 0.5
            ? { left: "50%", width: `${lean * 50}%` }
            : { right: "50%", width: `${lean * 50}%` }
        }
      />
    </span>
  );
}
