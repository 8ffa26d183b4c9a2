/** How the connection stands, in one word, said aloud when it changes. */
import { useViewStore } from "@/state/view-store";

const LOOKS = {
  connecting: { word: "Connecting", tone: "text-muted", dot: "pulse bg-muted" },
  live: { word: "Live", tone: "text-up", dot: "bg-up" },
  stale: { word: "Stale", tone: "text-warn", dot: "bg-warn" },
  reconnecting: { word: "Reconnecting", tone: "text-warn", dot: "pulse bg-warn" },
  offline: { word: "Offline", tone: "text-down", dot: "bg-down" },
} as const;

export function ConnectionBadge() {
  const connection = useViewStore((view) => view.connection);
  const { word, tone, dot } = LOOKS[connection];
  return (
    <span
      role="status"
      className={`inline-flex h-7 items-center gap-1.5 rounded-full border border-line px-2.5 font-medium text-xs ${tone}`}
    >
      <span aria-hidden="true" className={`size-2 rounded-full ${dot}`} />
      <span data-testid="connection-state">{word}</span>
    </span>
  );
}
