import { afterEach, expect, test, vi } from "vitest";
import { afterFrame } from "@/lib/frames";

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("a change is made after a frame, so that the chart draws it in the frame that shows it elsewhere", () => {
  vi.useFakeTimers();
  const frames: FrameRequestCallback[] = [];
  vi.stubGlobal("requestAnimationFrame", (callback: FrameRequestCallback) => frames.push(callback));
  const run = vi.fn();
  afterFrame(run);
  frames[0]?.(0);
  expect(run).not.toHaveBeenCalled();
  vi.advanceTimersByTime(0);
  expect(run).toHaveBeenCalledOnce();
});
