/** A number with a direction: sign, triangle and colour say the same thing three times. */
import { formatMoney, formatRatio, signOf } from "@/lib/decimal";

export const TONE = { "-1": "text-down", "0": "text-muted", "1": "text-up" } as const;
const ARROW = { "-1": "▼", "0": "•", "1": "▲" } as const;

type Text = string | null | undefined;

export function toneOf(text: Text): string {
  return TONE[`${signOf(text)}`];
}

export function Arrow({ of }: { of: Text }) {
  if (of == null) return null;
  return (
    <span aria-hidden="true" className="mr-1 inline-block text-[0.7em] leading-none">
      {ARROW[`${signOf(of)}`]}
    </span>
  );
}

/** A ratio as a signed percentage. */
export function RatioChange({ ratio, digits = 2 }: { ratio: Text; digits?: number }) {
  return (
    <span className={`whitespace-nowrap ${toneOf(ratio)}`}>
      <Arrow of={ratio} />
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
