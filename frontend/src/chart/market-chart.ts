/**
 * The candle chart: series are made once and updated, never rebuilt. Loaded on demand, since the
 * library is larger than the rest of the page.
 */
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  createSeriesMarkers,
  HistogramSeries,
  type IPriceLine,
  LineStyle,
  type MouseEventParams,
  type SeriesMarker,
  type Time,
  type UTCTimestamp,
} from "lightweight-charts";
import type { Bar } from "@/api/types";
import { formatDecimal, priceDigits } from "@/lib/decimal";
import type { TradeMark } from "./candles";
import { type Cone, ForecastCone } from "./forecast-cone";
import { axisTime, crosshairTime } from "./time-labels";

export interface ChartColors {
  ink: string;
  muted: string;
  line: string;
  up: string;
  down: string;
  upSoft: string;
  downSoft: string;
  tide: string;
  tideSoft: string;
  panel: string;
}

export interface MarketChart {
  setBars: (bars: Bar[]) => void;
  updateBar: (bar: Bar) => void;
  setMarks: (marks: TradeMark[]) => void;
  setEntry: (price: number | null) => void;
  /** Tag the axis with the market's last price, the one that the page shows. */
  setLast: (price: number | null) => void;
  setForecast: (cone: Cone | null) => void;
  setColors: (colors: ChartColors) => void;
  showNewest: () => void;
  remove: () => void;
}

const BAR_WIDTH_PX = 7;
const BARS_AHEAD = 18;

/** Draw a chart into `container`; `onHover` hears which bar the pointer is at. */
export function createMarketChart(
  container: HTMLElement,
  initial: ChartColors,
  onHover: (time: number | null) => void,
): MarketChart {
  let colors = initial;
  let marks: TradeMark[] = [];
  let entry: IPriceLine | null = null;
  let last: IPriceLine | null = null;
  let digits: number | null = null;
  const chart = createChart(container, { autoSize: true, ...chartOptions(colors) });
  const candles = chart.addSeries(CandlestickSeries, candleOptions(colors));
  const volume = chart.addSeries(HistogramSeries, {
    priceScaleId: "volume",
    priceFormat: { type: "volume" },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale("volume").applyOptions({ scaleMargins: { top: 0.84, bottom: 0 }, visible: false });
  const markers = createSeriesMarkers(candles, []);
  const cone = new ForecastCone({ line: colors.tide, fill: colors.tideSoft });
  candles.attachPrimitive(cone);
  const hover = ({ time }: MouseEventParams) => onHover(typeof time === "number" ? time : null);
  chart.subscribeCrosshairMove(hover);

  const volumeOf = (bar: Bar) => ({
    time: bar.time as UTCTimestamp,
    value: bar.volume,
    color: bar.close >= bar.open ? colors.upSoft : colors.downSoft,
  });
  let bars: Bar[] = [];
  const setDigits = (next: number) => {
    if (next === digits) return;
    digits = next;
    candles.applyOptions({
      priceFormat: {
        type: "custom",
        formatter: (price: number) => formatDecimal(String(price), { digits: next }),
        minMove: 10 ** -next,
      },
    });
  };
  const api: MarketChart = {
    setBars: (next) => {
      bars = next;
      const newest = next[next.length - 1];
      if (newest && !last) setDigits(priceDigits(newest.close));
      candles.setData(next.map((bar) => ({ ...bar, time: bar.time as UTCTimestamp })));
      volume.setData(next.map(volumeOf));
    },
    updateBar: (bar) => {
      candles.update({ ...bar, time: bar.time as UTCTimestamp });
      volume.update(volumeOf(bar));
    },
    setMarks: (next) => {
      marks = next;
      markers.setMarkers(next.map((mark) => markerOf(mark, colors)));
    },
    setEntry: (price) => {
      if (entry) candles.removePriceLine(entry);
      entry =
        price === null ? null : candles.createPriceLine({ price, title: "entry", ...entryStyle(colors) });
    },
    setLast: (price) => {
      if (price === null) {
        if (last) candles.removePriceLine(last);
        last = null;
        return;
      }
      setDigits(priceDigits(price));
      if (last) last.applyOptions({ price });
      else last = candles.createPriceLine({ price, title: "last", ...lastStyle(colors) });
    },
    setForecast: (next) => cone.show(next),
    setColors: (next) => {
      colors = next;
      chart.applyOptions(chartOptions(next));
      candles.applyOptions(candleOptions(next));
      volume.setData(bars.map(volumeOf));
      cone.paint({ line: next.tide, fill: next.tideSoft });
      entry?.applyOptions(entryStyle(next));
      last?.applyOptions(lastStyle(next));
      api.setMarks(marks);
    },
    showNewest: () =>
      chart.timeScale().setVisibleLogicalRange({
        from: bars.length + BARS_AHEAD - container.clientWidth / BAR_WIDTH_PX,
        to: bars.length + BARS_AHEAD,
      }),
    remove: () => {
      chart.unsubscribeCrosshairMove(hover);
      chart.remove();
    },
  };
  return api;
}

function chartOptions({ muted, line, panel }: ChartColors) {
  return {
    layout: {
      background: { type: ColorType.Solid, color: panel },
      textColor: muted,
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      attributionLogo: false,
    },
    grid: { vertLines: { color: line }, horzLines: { color: line } },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.1, bottom: 0.2 } },
    timeScale: {
      borderColor: line,
      timeVisible: true,
      secondsVisible: false,
      rightOffset: BARS_AHEAD,
      tickMarkFormatter: axisTime,
    },
    localization: { timeFormatter: crosshairTime },
    crosshair: { mode: CrosshairMode.Normal },
  };
}

function candleOptions({ up, down }: ChartColors) {
  return {
    upColor: up,
    downColor: down,
    wickUpColor: up,
    wickDownColor: down,
    borderVisible: false,
    lastValueVisible: false,
    priceLineVisible: false,
  };
}

function entryStyle({ tide, panel }: ChartColors) {
  return {
    color: tide,
    lineWidth: 1 as const,
    lineStyle: LineStyle.Dashed,
    axisLabelVisible: true,
    axisLabelColor: tide,
    axisLabelTextColor: panel,
  };
}

function lastStyle({ ink, muted, panel }: ChartColors) {
  return {
    color: muted,
    lineWidth: 1 as const,
    lineStyle: LineStyle.Dotted,
    axisLabelVisible: true,
    axisLabelColor: ink,
    axisLabelTextColor: panel,
  };
}

function markerOf({ time, side, size }: TradeMark, { up, down }: ChartColors): SeriesMarker<Time> {
  const buy = side === "buy";
  return {
    time: time as UTCTimestamp,
    position: buy ? "belowBar" : "aboveBar",
    shape: buy ? "arrowUp" : "arrowDown",
    color: buy ? up : down,
    text: `${buy ? "Buy" : "Sell"} ${Number(size.toPrecision(3))}`,
  };
}
