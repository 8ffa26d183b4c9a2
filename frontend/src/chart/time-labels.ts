/** Labels of the time axis in the reader's own time zone (the library alone would write UTC). */
import { TickMarkType, type Time } from "lightweight-charts";

const FORMATS = {
  year: new Intl.DateTimeFormat("en-GB", { year: "numeric" }),
  month: new Intl.DateTimeFormat("en-GB", { month: "short" }),
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" }),
  time: new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" }),
  full: new Intl.DateTimeFormat("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  }),
};

const BY_TYPE = {
  [TickMarkType.Year]: FORMATS.year,
  [TickMarkType.Month]: FORMATS.month,
  [TickMarkType.DayOfMonth]: FORMATS.day,
  [TickMarkType.Time]: FORMATS.time,
  [TickMarkType.TimeWithSeconds]: FORMATS.time,
};

/** Label one tick of the axis. */
export function axisTime(time: Time, type: TickMarkType): string {
  return BY_TYPE[type].format(new Date(Number(time) * 1000));
}

/** Label the crosshair. */
export function crosshairTime(time: Time): string {
  return FORMATS.full.format(new Date(Number(time) * 1000));
}
