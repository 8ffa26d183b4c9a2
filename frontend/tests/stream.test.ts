import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { StreamMessage } from "@/api/messages";
import { BACKOFF_MIN_MS, type ConnectionState, MarketStream, SILENCE_MS } from "@/api/stream";

class FakeSocket {
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  close(): void {
    this.closed = true;
  }
  say(type: string, seq: number): void {
    this.onmessage?.({ data: JSON.stringify({ type, seq, ts_ms: 0 }) });
  }
}

function open() {
  const sockets: FakeSocket[] = [];
  const batches: StreamMessage[][] = [];
  const states: ConnectionState[] = [];
  const frames: (() => void)[] = [];
  const onGap = vi.fn();
  const stream = new MarketStream({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    now: Date.now,
    random: () => 1,
    schedule: (flush) => frames.push(flush),
    onMessages: (messages) => batches.push(messages),
    onState: (state) => states.push(state),
    onGap,
  });
  stream.start();
  const newest = () => sockets[sockets.length - 1] as FakeSocket;
  return { stream, sockets, newest, batches, states, frames, onGap };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("sequence", () => {
  test("messages in order ask for nothing", () => {
    const { newest, onGap } = open();
    for (const [seq, type] of ["hello", "prices", "heartbeat"].entries()) newest().say(type, seq);
    expect(onGap).not.toHaveBeenCalled();
  });
  test("a hole asks for a fresh snapshot once, and the stream goes on from there", () => {
    const { newest, onGap } = open();
    newest().say("hello", 0);
    newest().say("prices", 3);
    newest().say("prices", 4);
    expect(onGap).toHaveBeenCalledTimes(1);
  });
  test("a new connection counts from its own start, and asks for what was missed", () => {
    const { newest, sockets, onGap } = open();
    newest().say("hello", 0);
    newest().say("prices", 1);
    newest().onclose?.();
    vi.advanceTimersByTime(BACKOFF_MIN_MS);
    expect(sockets).toHaveLength(2);
    newest().say("hello", 0);
    expect(onGap).toHaveBeenCalledTimes(1);
  });
  test("a page that opened while the server was away asks for everything once it is there", () => {
    const { newest, onGap } = open();
    newest().onclose?.();
    vi.advanceTimersByTime(BACKOFF_MIN_MS);
    newest().say("hello", 0);
    expect(onGap).toHaveBeenCalledTimes(1);
  });
});

describe("frames", () => {
  test("all messages of a frame are handed over together, in order", () => {
    const { newest, frames, batches } = open();
    newest().say("hello", 0);
    newest().say("prices", 1);
    newest().say("prices", 2);
    expect(frames).toHaveLength(1);
    frames[0]?.();
    expect(batches.map((batch) => batch.map((message) => message.seq))).toEqual([[0, 1, 2]]);
  });
  test("nothing is handed over after a stop", () => {
    const { stream, newest, frames, batches } = open();
    newest().say("hello", 0);
    stream.stop();
    frames[0]?.();
    expect(batches).toEqual([]);
  });
});

describe("silence and return", () => {
  test("three silent seconds are told as stale, a message as live again", () => {
    const { newest, states } = open();
    newest().say("hello", 0);
    vi.advanceTimersByTime(SILENCE_MS + 500);
    expect(states).toEqual(["live", "stale"]);
    newest().say("heartbeat", 1);
    expect(states).toEqual(["live", "stale", "live"]);
  });
  test("a connection that stays silent is given up and opened anew", () => {
    const { newest, sockets, states } = open();
    newest().say("hello", 0);
    const first = newest();
    vi.advanceTimersByTime(3 * SILENCE_MS + 2_000);
    expect(first.closed).toBe(true);
    expect(states).toContain("reconnecting");
    expect(sockets.length).toBeGreaterThan(1);
  });
  test("each failed attempt waits twice as long, up to the limit", () => {
    const { newest, sockets } = open();
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      const before = sockets.length;
      newest().onclose?.();
      let waited = 0;
      while (sockets.length === before) {
        vi.advanceTimersByTime(250);
        waited += 250;
      }
      waits.push(waited);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  });
  test("a stopped stream doesn't come back", () => {
    const { stream, newest, sockets } = open();
    newest().say("hello", 0);
    stream.stop();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(1);
  });
});
