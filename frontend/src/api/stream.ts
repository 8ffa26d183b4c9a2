/**
 * The live connection: one WebSocket that comes back by itself.
 *
 * Invariants: messages reach `onMessages` in order, at most once per animation frame; a hole in
 * `seq` asks for a fresh REST snapshot exactly once; silence for `SILENCE_MS` is told as stale;
 * after a close the next attempt waits twice as long, with jitter, up to `BACKOFF_MAX_MS`.
 */
import type { StreamMessage } from "./messages";

export type ConnectionState = "connecting" | "live" | "stale" | "reconnecting";

export const SILENCE_MS = 3_000;
export const BACKOFF_MIN_MS = 500;
export const BACKOFF_MAX_MS = 15_000;
const WATCH_EVERY_MS = 500;

export interface StreamPorts {
  open: () => WebSocket;
  now: () => number;
  /** Uniform in [0, 1). */
  random: () => number;
  /** Run soon: once a frame, or by a timer where the tab is hidden. */
  schedule: (flush: () => void) => void;
  onMessages: (messages: StreamMessage[]) => void;
  onState: (state: ConnectionState, attempt: number) => void;
  /** Messages were missed, or may have been: ask REST for everything. */
  onGap: () => void;
}

export class MarketStream {
  private socket: WebSocket | null = null;
  private pending: StreamMessage[] = [];
  private flushScheduled = false;
  private lastSeq: number | null = null;
  private lastHeardMs = 0;
  private attempt = 0;
  private connectedBefore = false;
  private state: ConnectionState = "connecting";
  private stopped = true;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private watchTimer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly ports: StreamPorts) {}

  start(): void {
    if (!this.stopped) return;
    this.stopped = false;
    this.watchTimer = setInterval(() => this.watch(), WATCH_EVERY_MS);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.retryTimer);
    clearInterval(this.watchTimer);
    this.drop();
  }

  private connect(): void {
    const socket = this.ports.open();
    this.socket = socket;
    this.lastSeq = null;
    this.lastHeardMs = this.ports.now();
    socket.onmessage = (event) => this.receive(String(event.data));
    socket.onclose = () => this.retryLater();
  }

  private receive(text: string): void {
    const message = JSON.parse(text) as StreamMessage;
    this.lastHeardMs = this.ports.now();
    if (message.type === "hello") this.greeted();
    else if (this.lastSeq !== null && message.seq !== this.lastSeq + 1) this.ports.onGap();
    this.lastSeq = message.seq;
    this.setState("live");
    this.pending.push(message);
    if (this.flushScheduled) return;
    this.flushScheduled = true;
    this.ports.schedule(() => this.flush());
  }

  private greeted(): void {
    const missed = this.connectedBefore || this.attempt > 0;
    this.attempt = 0;
    if (missed) this.ports.onGap();
    this.connectedBefore = true;
  }

  private flush(): void {
    this.flushScheduled = false;
    const messages = this.pending;
    this.pending = [];
    if (messages.length > 0 && !this.stopped) this.ports.onMessages(messages);
  }

  /** Tell silence as stale; after three times as long take the connection for dead. */
  private watch(): void {
    const silentMs = this.ports.now() - this.lastHeardMs;
    if (this.socket === null || silentMs < SILENCE_MS) return;
    if (this.state === "live") this.setState("stale");
    if (silentMs >= 3 * SILENCE_MS) {
      this.drop();
      this.retryLater();
    }
  }

  private drop(): void {
    if (this.socket) {
      this.socket.onclose = null;
      this.socket.onmessage = null;
      this.socket.close();
    }
    this.socket = null;
  }

  private retryLater(): void {
    this.socket = null;
    if (this.stopped) return;
    this.attempt += 1;
    this.setState("reconnecting");
    const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_MIN_MS * 2 ** (this.attempt - 1));
    this.retryTimer = setTimeout(() => this.connect(), ceiling * (0.5 + this.ports.random() / 2));
  }

  private setState(state: ConnectionState): void {
    if (state === this.state && state !== "reconnecting") return;
    this.state = state;
    this.ports.onState(state, this.attempt);
  }
}
