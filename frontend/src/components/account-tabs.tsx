/** Positions, orders and fills: one panel, three tabs. */
import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useState } from "react";
import { fillsQuery, ordersQuery, positionsQuery } from "@/api/queries";
import { Fills } from "./fills";
import { Orders } from "./orders";
import { Positions } from "./positions";

const TABS = ["positions", "orders", "fills"] as const;
type Tab = (typeof TABS)[number];
const TITLES: Record<Tab, string> = { positions: "Positions", orders: "Orders", fills: "Fills" };

export function AccountTabs() {
  const [tab, setTab] = useState<Tab>("positions");
  const counts = useCounts();

  function move(event: KeyboardEvent): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] as Tab;
    setTab(next);
    document.getElementById(`tab-${next}`)?.focus();
  }

  return (
    <section
      aria-label="Account activity"
      className="flex min-w-0 flex-col overflow-hidden rounded-xl border border-line bg-panel"
    >
      <div
        role="tablist"
        aria-label="Account activity"
        className="flex gap-1 border-line border-b px-2"
        onKeyDown={move}
      >
        {TABS.map((name) => (
          <button
            key={name}
            id={`tab-${name}`}
            data-testid={`tab-${name}`}
            type="button"
            role="tab"
            aria-selected={tab === name}
            aria-controls={`panel-${name}`}
            tabIndex={tab === name ? 0 : -1}
            onClick={() => setTab(name)}
            className={`-mb-px flex min-h-11 items-center gap-2 border-b-2 px-2.5 font-semibold ${tab === name ? "border-tide" : "border-transparent text-muted hover:text-ink"}`}
          >
            {TITLES[name]}
            <span className="rounded-full bg-raised px-1.5 font-medium text-muted text-xs">
              {counts[name] ?? "–"}
            </span>
          </button>
        ))}
      </div>
      <div
        id={`panel-${tab}`}
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        className="flex min-h-[13rem] flex-1 flex-col"
      >
        {tab === "positions" && <Positions />}
        {tab === "orders" && <Orders />}
        {tab === "fills" && <Fills />}
      </div>
    </section>
  );
}

function useCounts(): Record<Tab, number | undefined> {
  return {
    positions: useQuery(positionsQuery).data?.length,
    orders: useQuery(ordersQuery).data?.length,
    fills: useQuery(fillsQuery).data?.length,
  };
}
