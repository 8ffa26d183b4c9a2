import { expect, test } from "vitest";
import { formatAge, formatAgo, formatHorizon, formatLag } from "@/lib/time";

test("an age is told in its largest unit", () => {
  expect(formatAge(500)).toBe("now");
  expect(formatAge(12_000)).toBe("12 s");
  expect(formatAge(61_000)).toBe("1 min");
  expect(formatAge(7_300_000)).toBe("2 h");
  expect(formatAge(200_000_000)).toBe("2 d");
});

test("a clock that runs ahead makes no negative age", () => {
  expect(formatAgo(-5_000)).toBe("just now");
});

test("lag keeps milliseconds while they matter", () => {
  expect(formatLag(null)).toBe("–");
  expect(formatLag(18.4)).toBe("18 ms");
  expect(formatLag(1_400)).toBe("1.4 s");
  expect(formatLag(180_000)).toBe("3 min");
});

test("a horizon is a length of time", () => {
  expect(formatHorizon(900)).toBe("15 min");
});
