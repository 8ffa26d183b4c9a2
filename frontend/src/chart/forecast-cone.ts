/**
 * The forecast on the chart: from the price at which it was made, a cone to the 80 % band at its
 * horizon and an arrow to the expected price.
 */
import type {
  AutoscaleInfo,
  IPrimitivePaneRenderer,
  IPrimitivePaneView,
  ISeriesPrimitive,
  Logical,
  SeriesAttachedParameter,
  Time,
} from "lightweight-charts";

export interface Cone {
  /** Logical index of the bar from which the forecast looks ahead. */
  fromIndex: number;
  toIndex: number;
  price: number;
  expected: number;
  low: number;
  high: number;
}

export interface ConeColors {
  line: string;
  fill: string;
}

type Target = Parameters<IPrimitivePaneRenderer["draw"]>[0];

interface Point {
  x: number;
  y: number;
}

export class ForecastCone implements ISeriesPrimitive<Time> {
  private attachedTo: SeriesAttachedParameter<Time> | null = null;
  private cone: Cone | null = null;

  constructor(private colors: ConeColors) {}

  show(cone: Cone | null): void {
    this.cone = cone;
    this.attachedTo?.requestUpdate();
  }

  paint(colors: ConeColors): void {
    this.colors = colors;
    this.attachedTo?.requestUpdate();
  }

  attached(parameters: SeriesAttachedParameter<Time>): void {
    this.attachedTo = parameters;
  }

  detached(): void {
    this.attachedTo = null;
  }

  /** Keep the cone in view while its part of the time axis is. */
  autoscaleInfo(_start: Logical, end: Logical): AutoscaleInfo | null {
    if (!this.cone || end < this.cone.fromIndex) return null;
    return { priceRange: { minValue: this.cone.low, maxValue: this.cone.high } };
  }

  paneViews(): readonly IPrimitivePaneView[] {
    return [{ zOrder: () => "bottom", renderer: () => ({ draw: (target) => this.draw(target) }) }];
  }

  private point(index: number, price: number): Point | null {
    const x = this.attachedTo?.chart.timeScale().logicalToCoordinate(index as Logical);
    const y = this.attachedTo?.series.priceToCoordinate(price);
    return x == null || y == null ? null : { x, y };
  }

  private draw(target: Target): void {
    if (!this.cone) return;
    const { fromIndex, toIndex, price, expected, low, high } = this.cone;
    const from = this.point(fromIndex, price);
    const tip = this.point(toIndex, expected);
    const top = this.point(toIndex, high);
    const bottom = this.point(toIndex, low);
    if (!from || !tip || !top || !bottom) return;
    // biome-ignore lint/correctness/useHookAtTopLevel: a method of the canvas target, not a React hook.
    target.useMediaCoordinateSpace(({ context }) => {
      fillCone(context, from, top, bottom, this.colors);
      drawArrow(context, from, tip, this.colors.line);
    });
  }
}

function fillCone(
  context: CanvasRenderingContext2D,
  from: Point,
  top: Point,
  bottom: Point,
  colors: ConeColors,
): void {
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(top.x, top.y);
  context.lineTo(bottom.x, bottom.y);
  context.closePath();
  context.fillStyle = colors.fill;
  context.fill();
  context.beginPath();
  context.moveTo(top.x, top.y);
  context.lineTo(bottom.x, bottom.y);
  context.strokeStyle = colors.line;
  context.lineWidth = 1;
  context.stroke();
}

function drawArrow(context: CanvasRenderingContext2D, from: Point, tip: Point, color: string): void {
  const angle = Math.atan2(tip.y - from.y, tip.x - from.x);
  const head = 7;
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(from.x, from.y);
  context.lineTo(tip.x - head * Math.cos(angle), tip.y - head * Math.sin(angle));
  context.stroke();
  context.beginPath();
  context.moveTo(tip.x, tip.y);
  for (const turn of [-0.45, 0.45]) {
    context.lineTo(tip.x - head * 1.3 * Math.cos(angle + turn), tip.y - head * 1.3 * Math.sin(angle + turn));
  }
  context.closePath();
  context.fill();
}
