/**
 * Decimal text to readable text without a float in between: money keeps every digit that the
 * server sent until the last, stated rounding.
 */

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
export const MINUS = "−";
export const MISSING = "–";

type DecimalText = string | null | undefined;

interface Scaled {
  /** The number times 10^scale. */
  units: bigint;
  scale: number;
}

function parse(text: DecimalText): Scaled | null {
  const match = DECIMAL.exec(text?.trim() ?? "");
  const whole = match?.[2] ?? "";
  const fraction = match?.[3] ?? "";
  if (!match || whole + fraction === "") return null;
  const magnitude = BigInt(whole + fraction);
  return { units: match[1] === "-" ? -magnitude : magnitude, scale: fraction.length - Number(match[4] ?? 0) };
}

/** Round half away from zero to `digits` decimals. */
function rescale({ units, scale }: Scaled, digits: number): bigint {
  if (scale <= digits) return units * 10n ** BigInt(digits - scale);
  const divisor = 10n ** BigInt(scale - digits);
  const half = divisor / 2n;
  return units >= 0n ? (units + half) / divisor : (units - half) / divisor;
}

function group(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+$)/g, ",");
}

export interface DecimalFormat {
  digits: number;
  /** `always` puts a plus before what is above zero. */
  sign?: "auto" | "always";
  /** Drop zeros at the end, down to this many decimals. */
  digitsMin?: number;
}

/** Format decimal text with grouped thousands; an en dash where there is no number. */
export function formatDecimal(
  text: DecimalText,
  { digits, sign = "auto", digitsMin = digits }: DecimalFormat,
): string {
  const parsed = parse(text);
  if (!parsed) return MISSING;
  const units = rescale(parsed, digits);
  const padded = (units < 0n ? -units : units).toString().padStart(digits + 1, "0");
  const whole = padded.slice(0, padded.length - digits);
  let fraction = digits > 0 ? padded.slice(-digits) : "";
  while (fraction.length > digitsMin && fraction.endsWith("0")) fraction = fraction.slice(0, -1);
  const mark = units < 0n ? MINUS : units > 0n && sign === "always" ? "+" : "";
  return mark + group(whole) + (fraction ? `.${fraction}` : "");
}

/** Format money of the account's currency with two decimals. */
export function formatMoney(text: DecimalText, sign: "auto" | "always" = "auto"): string {
  return formatDecimal(text, { digits: 2, sign });
}

/** Format a ratio ("0.0125") as a percentage ("1.25%"). */
export function formatRatio(text: DecimalText, digits = 2, sign: "auto" | "always" = "auto"): string {
  const parsed = parse(text);
  if (!parsed) return MISSING;
  const percent = `${parsed.units}E${2 - parsed.scale}`;
  return `${formatDecimal(percent, { digits, sign })}%`;
}

/** Format a size: up to eight decimals, no zeros at the end. */
export function formatSize(text: DecimalText): string {
  return formatDecimal(text, { digits: 8, digitsMin: 0 });
}

/** Return how many decimals a price of this magnitude is shown with. */
export function priceDigits(price: number): number {
  if (price >= 100) return 2;
  if (price >= 1) return 4;
  return 5;
}

/** Format a price with the decimals of its magnitude. */
export function formatPrice(text: DecimalText): string {
  return formatDecimal(text, { digits: priceDigits(Math.abs(Number(text))) });
}

/** Return -1, 0 or 1; with `digits`, the sign of what is left after rounding to so many decimals. */
export function signOf(text: DecimalText, digits?: number): -1 | 0 | 1 {
  const parsed = parse(text);
  if (!parsed) return 0;
  const units = digits === undefined ? parsed.units : rescale(parsed, digits);
  return units < 0n ? -1 : units > 0n ? 1 : 0;
}

/** Return -1, 0 or 1 as `left` is below, equal to or above `right`; exact. */
export function compareDecimals(left: string, right: string): -1 | 0 | 1 {
  const [a, b] = [parse(left), parse(right)];
  if (!a || !b) return 0;
  const scale = Math.max(a.scale, b.scale);
  const difference = rescale(a, scale) - rescale(b, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
