/** What is looked at: market, venue and time frame. */
import { venueName } from "@/lib/venues";
import { TIMEFRAMES, type Timeframe, useViewStore } from "@/state/view-store";
import { ChevronIcon } from "./icons";

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; text: string }[];
  onChange: (value: string) => void;
  className: string;
}

function Select({ label, value, options, onChange, className }: SelectProps) {
  return (
    <span className="relative inline-flex items-center">
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className={`min-h-11 appearance-none rounded-lg bg-panel py-1 pr-6 [field-sizing:content] md:min-h-9 ${className}`}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <span className="pointer-events-none absolute right-1 text-muted">
        <ChevronIcon />
      </span>
    </span>
  );
}

export function MarketPicker({ symbols, symbol }: { symbols: readonly string[]; symbol: string }) {
  return (
    <Select
      label="Market"
      value={symbol}
      options={symbols.map((value) => ({ value, text: value }))}
      onChange={(value) => useViewStore.getState().set({ symbol: value })}
      className="font-semibold text-lg tracking-[-0.01em]"
    />
  );
}

export function VenuePicker({ venues, venue }: { venues: readonly string[]; venue: string }) {
  return (
    <Select
      label="Venue"
      value={venue}
      options={venues.map((value) => ({ value, text: venueName(value) }))}
      onChange={(value) => useViewStore.getState().set({ venue: value })}
      className="text-muted hover:text-ink"
    />
  );
}

export function TimeframePicker({ timeframe }: { timeframe: Timeframe }) {
  return (
    <fieldset aria-label="Time frame" className="flex rounded-lg bg-raised p-0.5">
      {TIMEFRAMES.map((option, place) => (
        <button
          key={option}
          type="button"
          aria-pressed={option === timeframe}
          title={`${option} (key ${place + 1})`}
          onClick={() => useViewStore.getState().set({ timeframe: option })}
          className={`min-h-11 flex-1 rounded-md px-1 font-medium text-xs md:min-h-8 md:px-3 ${option === timeframe ? "bg-panel text-ink shadow-sm" : "text-muted hover:text-ink"}`}
        >
          {option}
        </button>
      ))}
    </fieldset>
  );
}
