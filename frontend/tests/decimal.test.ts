import { describe, expect, test } from "vitest";
import {
  compareDecimals,
  formatDecimal,
  formatMoney,
  formatPrice,
  formatRatio,
  formatSize,
  signOf,
} from "@/lib/decimal";

describe("money", () => {
  test("keeps every digit of a number that a float can't hold", () => {
    expect(formatMoney("9007199254740993.17")).toBe("9,007,199,254,740,993.17");
  });
  test("groups thousands and rounds half away from zero", () => {
    expect(formatMoney("104382.175")).toBe("104,382.18");
    expect(formatMoney("-104382.175")).toBe("−104,382.18");
    expect(formatMoney("999.995")).toBe("1,000.00");
  });
  test("puts a sign before gains and losses but not before nothing", () => {
    expect(formatMoney("1284.5", "always")).toBe("+1,284.50");
    expect(formatMoney("-64", "always")).toBe("−64.00");
    expect(formatMoney("0.001", "always")).toBe("0.00");
    expect(formatMoney("-0.001", "always")).toBe("0.00");
  });
  test("shows a dash where there is no number", () => {
    for (const text of [null, undefined, "", "NaN", "abc", "."]) expect(formatMoney(text)).toBe("–");
  });
});

describe("ratios, sizes and prices", () => {
  test("a ratio becomes a percentage by moving the point, not by multiplying a float", () => {
    expect(formatRatio("0.0700")).toBe("7.00%");
    expect(formatRatio("-0.0210", 1)).toBe("−2.1%");
    expect(formatRatio("0.01246", 2, "always")).toBe("+1.25%");
  });
  test("reads exponents as Python writes them", () => {
    expect(formatDecimal("1E-7", { digits: 8 })).toBe("0.00000010");
    expect(formatDecimal("1.5e3", { digits: 0 })).toBe("1,500");
    expect(formatDecimal("0E-12", { digits: 2 })).toBe("0.00");
  });
  test("a size drops zeros at its end", () => {
    expect(formatSize("0.42000000")).toBe("0.42");
    expect(formatSize("40.00000000")).toBe("40");
  });
  test("a price shows the decimals of its magnitude", () => {
    expect(formatPrice("97283.79000000")).toBe("97,283.79");
    expect(formatPrice("2.31")).toBe("2.3100");
    expect(formatPrice("0.3101")).toBe("0.31010");
  });
});

test("comparing is exact across different numbers of decimals", () => {
  expect(compareDecimals("97250.10", "97250.1")).toBe(0);
  expect(compareDecimals("0.31010000000000000001", "0.3101")).toBe(1);
  expect(compareDecimals("-2", "-1.99")).toBe(-1);
});

test("the sign of a tiny loss is still a loss", () => {
  expect(signOf("-0.0000000000000001")).toBe(-1);
  expect(signOf("0.00")).toBe(0);
  expect(signOf(null)).toBe(0);
});

test("the sign of a number as it is shown is that after rounding", () => {
  expect(["-0.0049", "-0.005", "0.0049", "0.005", "-3E-3", null].map((text) => signOf(text, 2))).toEqual([
    0, -1, 0, 1, 0, 0,
  ]);
});
