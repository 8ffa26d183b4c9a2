/**
 * A number with a direction: sign, triangle and colour say the same thing three times. The direction
 * is that of the number as it is shown: what rounds to zero has none.
 */
import { formatMoney, formatRatio, signOf } from "@/lib/decimal";

export const TONE = { "-1": "text-down", "0": "text-muted", "1": "text-up" } as const;
const ARROW = { "-1": "▼", "1": "▲" } as const;

type Text = string | null | undefined;

const MONEY_DIGITS = 2;

/** Return the colour of an amount that is shown with `digits` decimals. */
export function toneOf(text: Text, digits = MONEY_DIGITS): string {
  return TONE[`${signOf(text, digits)}`];
}

export function Arrow({ of, digits = MONEY_DIGITS }: { of: Text; digits?: number }) {
  const sign = signOf(of, digits);
  if (sign === 0) return null;
  return (
    <span aria-hidden="true" className="mr-1 inline-block text-[0.7em] leading-none">
      {ARROW[`${sign}`]}
    </span>
  );
}

/** A ratio as a signed percentage. */
export function RatioChange({ ratio, digits = 2 }: { ratio: Text; digits?: number }) {
  return (
    <span className={`whitespace-nowrap ${toneOf(ratio, digits + 2)}`}>
      <Arrow of={ratio} digits={digits + 2} />
      {formatRatio(ratio, digits, "always")}
    </span>
  );
}

/** The change of a market's price over a day. */
export function DayChange({ ratio }: { ratio: Text }) {
  return (
    <span
      className="whitespace-nowrap text-xs"
      title="Change over the last 24 hours, or as far back as prices are known"
    >
      <RatioChange ratio={ratio} /> <span className="text-muted">24h</span>
    </span>
  );
}

/** An amount of money as signed text. */
export function MoneyChange({ amount, className = "" }: { amount: Text; className?: string }) {
  return (
    <span className={`whitespace-nowrap ${toneOf(amount)} ${className}`}>
      <Arrow of={amount} />
      {formatMoney(amount, "always")}
    </span>
  );
}
