/** Ages, lags and clock times as people read them; local time, 24 hours. */

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** Format a moment as `14:02:11`. */
export function formatClock(moment: number | string): string {
  return CLOCK.format(new Date(moment));
}

/** Format a moment as `14:02:11`, with the day before it where that is not today. */
export function formatMoment(moment: number | string, nowMs: number): string {
  const date = new Date(moment);
  const sameDay = date.toDateString() === new Date(nowMs).toDateString();
  return sameDay ? CLOCK.format(date) : `${DAY.format(date)}, ${CLOCK.format(date)}`;
}

/** Format a length of time as its largest unit: `now`, `12 s`, `4 min`, `3 h`, `2 d`. */
export function formatAge(ageMs: number): string {
  const seconds = Math.floor(Math.max(0, ageMs) / 1000);
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/** Format an age with the word: `just now`, `12 s ago`. */
export function formatAgo(ageMs: number): string {
  const age = formatAge(ageMs);
  return age === "now" ? "just now" : `${age} ago`;
}

/** Format a delay: `18 ms`, `1.4 s`, `3 min`. */
export function formatLag(lagMs: number | null): string {
  if (lagMs === null) return "–";
  if (lagMs < 1000) return `${Math.round(lagMs)} ms`;
  if (lagMs < 60_000) return `${(lagMs / 1000).toFixed(1)} s`;
  return formatAge(lagMs);
}

/** Format a horizon: `15 min`, `4 h`. */
export function formatHorizon(seconds: number): string {
  return formatAge(seconds * 1000);
}
