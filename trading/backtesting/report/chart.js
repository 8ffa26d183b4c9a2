"use strict";
// The candle chart and the list of trades. Everything else on the page works without this script.
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  const canvas = document.querySelector("#candles canvas");
  const tip = document.getElementById("tip");
  const pick = document.getElementById("pair");
  const pairs = data.pairs.filter((name) => data.candles[name]);
  const unpacked = {};
  let pair = pairs[0];
  let from = 0;
  let to = 1;
  let chosen = null;

  const colour = (name) => getComputedStyle(root).getPropertyValue(name).trim();
  const pairOf = (trade) => (typeof trade[0] === "number" ? data.pairs[trade[0]] : trade[0]);
  const when = (ms) => new Date(ms).toISOString().slice(0, 16).replace("T", " ");
  const per = (ratio) => `${ratio > 0 ? "+" : ""}${(ratio * 100).toFixed(2)} %`;
  const rate = (value) => String(Number(value.toPrecision(8)));

  function bars(name) {
    if (!unpacked[name]) {
      const own = data.candles[name];
      const bytes = Uint8Array.from(atob(own.ohlc), (c) => c.charCodeAt(0));
      const all = new Float32Array(bytes.buffer);
      const part = (k) => all.subarray(k * own.n, (k + 1) * own.n);
      unpacked[name] = { ...own, o: part(0), h: part(1), l: part(2), c: part(3) };
      unpacked[name].trades = data.trades.filter((trade) => pairOf(trade) === name);
    }
    return unpacked[name];
  }

  function show(first, end) {
    const all = bars(pair);
    const least = Math.min(20, all.n);
    const width = Math.min(Math.max(end - first, least), all.n);
    from = Math.min(Math.max(first, 0), all.n - width);
    to = from + width;
    draw();
  }

  function zoom(factor, at = (from + to) / 2) {
    show(at - (at - from) * factor, at + (to - at) * factor);
  }

  function layout() {
    const box = canvas.getBoundingClientRect();
    return { w: box.width, h: box.height, right: 64, bottom: 22, box };
  }

  function scales() {
    const all = bars(pair);
    const { w, h, right, bottom } = layout();
    const first = Math.max(0, Math.floor(from));
    const end = Math.min(all.n, Math.ceil(to));
    let low = Infinity;
    let high = -Infinity;
    for (let i = first; i < end; i++) {
      if (all.l[i] < low) low = all.l[i];
      if (all.h[i] > high) high = all.h[i];
    }
    const room = (high - low || high || 1) * 0.06;
    low -= room;
    high += room;
    return {
      all, first, end, low, high,
      x: (i) => ((i - from) / (to - from)) * (w - right),
      y: (p) => ((high - p) / (high - low)) * (h - bottom),
      place: (ms) => (ms - all.t0) / all.step,
    };
  }

  function steps(low, high, count) {
    const rough = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map((k) => k * power).find((k) => k >= rough);
    const found = [];
    for (let v = Math.ceil(low / step) * step; v < high; v += step) found.push(v);
    return found;
  }

  function axes(g, s) {
    const { w, h, right, bottom } = layout();
    g.font = "12px system-ui, sans-serif";
    g.lineWidth = 1;
    g.textBaseline = "middle";
    for (const value of steps(s.low, s.high, h / 70)) {
      const y = Math.round(s.y(value)) + 0.5;
      g.strokeStyle = colour("--grid");
      g.beginPath();
      g.moveTo(0, y);
      g.lineTo(w - right, y);
      g.stroke();
      g.fillStyle = colour("--soft");
      g.fillText(rate(value), w - right + 8, y);
    }
    const long = (to - from) * s.all.step > 4 * 864e5;
    const count = Math.max(2, Math.floor((w - right) / 130));
    g.textAlign = "center";
    for (let k = 0; k < count; k++) {
      const i = from + ((k + 0.5) / count) * (to - from);
      const text = when(s.all.t0 + i * s.all.step);
      g.fillText(long ? text.slice(0, 10) : text.slice(5), s.x(i), h - bottom / 2);
    }
    g.textAlign = "left";
  }

  function candles(g, s) {
    const { w, right } = layout();
    const slot = (w - right) / (to - from);
    const body = Math.max(1, Math.min(14, slot * 0.7));
    for (const [up, name] of [[true, "--up"], [false, "--down"]]) {
      g.fillStyle = colour(name);
      for (let i = s.first; i < s.end; i++) {
        if (s.all.c[i] >= s.all.o[i] !== up) continue;
        const x = s.x(i + 0.5);
        const top = s.y(Math.max(s.all.o[i], s.all.c[i]));
        const base = s.y(Math.min(s.all.o[i], s.all.c[i]));
        const high = s.y(s.all.h[i]);
        g.globalAlpha = 0.55;
        g.fillRect(x - 0.5, high, 1, Math.max(1, s.y(s.all.l[i]) - high));
        g.globalAlpha = slot < 2 ? 0.55 : 0.8;
        g.fillRect(x - body / 2, top, body, Math.max(1, base - top));
      }
    }
    g.globalAlpha = 1;
  }

  function mark(g, x, y, upward, fill) {
    const d = upward ? 1 : -1;
    g.beginPath();
    g.moveTo(x, y + 2 * d);
    g.lineTo(x - 6, y + 12 * d);
    g.lineTo(x + 6, y + 12 * d);
    g.closePath();
    g.fillStyle = fill;
    g.fill();
    g.strokeStyle = colour("--card");
    g.lineWidth = 1.5;
    g.stroke();
  }

  function inView(s) {
    return s.all.trades.filter((t) => s.place(t[2]) >= from - 1 && s.place(t[1]) <= to + 1);
  }

  function trades(g, s) {
    const seen = inView(s);
    const marks = seen.length <= 250;
    for (const t of seen) {
      const tone = colour(t[6] >= 0 ? "--up" : "--down");
      const x1 = s.x(s.place(t[1]) + 0.5);
      const x2 = s.x(s.place(t[2]) + 0.5);
      const y1 = s.y(t[3]);
      const y2 = s.y(t[4]);
      g.strokeStyle = tone;
      g.lineWidth = t === chosen ? 3 : 1.6;
      g.setLineDash(t === chosen ? [] : [4, 3]);
      g.beginPath();
      g.moveTo(x1, y1);
      g.lineTo(x2, y2);
      g.stroke();
      g.setLineDash([]);
      if (!marks) continue;
      mark(g, x1, y1, !t[5], colour("--own"));
      mark(g, x2, y2, Boolean(t[5]), tone);
    }
  }

  function draw() {
    const { w, h, right, bottom } = layout();
    const dense = window.devicePixelRatio || 1;
    canvas.width = Math.round(w * dense);
    canvas.height = Math.round(h * dense);
    const g = canvas.getContext("2d");
    g.scale(dense, dense);
    const s = scales();
    axes(g, s);
    g.save();
    g.beginPath();
    g.rect(0, 0, w - right, h - bottom);
    g.clip();
    candles(g, s);
    trades(g, s);
    g.restore();
    const joined = s.all.joined > 1 ? `, ${s.all.joined} candles joined in a bar` : "";
    document.getElementById("view").textContent =
      `${when(s.all.t0 + from * s.all.step)} to ${when(s.all.t0 + to * s.all.step)}, ${inView(s).length} trades${joined}`;
  }

  function textOf(t) {
    const side = t[5] ? "Short" : "Long";
    return [
      `${side} ${pairOf(t)} ${per(t[6])}`,
      `in  ${when(t[1])} at ${rate(t[3])}${t[8] ? ` (${t[8]})` : ""}`,
      `out ${when(t[2])} at ${rate(t[4])} (${t[9]})`,
    ];
  }

  function tell(lines, x, y) {
    tip.replaceChildren(...lines.map((line, k) => {
      const row = document.createElement(k ? "div" : "b");
      row.textContent = line;
      return row;
    }));
    tip.hidden = false;
    const { w } = layout();
    tip.style.left = `${Math.max(0, Math.min(x + 14, w - tip.offsetWidth))}px`;
    tip.style.top = `${Math.max(0, y - tip.offsetHeight - 14)}px`;
  }

  function point(event) {
    const { box, w, h, right, bottom } = layout();
    const x = event.clientX - box.left;
    const y = event.clientY - box.top;
    const s = scales();
    let nearest = null;
    let best = 18;
    for (const t of inView(s)) {
      for (const [ms, p, d] of [[t[1], t[3], t[5] ? -7 : 7], [t[2], t[4], t[5] ? 7 : -7]]) {
        const distance = Math.hypot(s.x(s.place(ms) + 0.5) - x, s.y(p) + d - y);
        if (distance < best) [best, nearest] = [distance, t];
      }
    }
    if (nearest) return tell(textOf(nearest), x, y);
    const i = Math.floor(from + (x / (w - right)) * (to - from));
    if (x > w - right || y > h - bottom || i < 0 || i >= s.all.n) {
      tip.hidden = true;
      return undefined;
    }
    const a = s.all;
    return tell([when(a.t0 + i * a.step), `O ${rate(a.o[i])}  H ${rate(a.h[i])}`, `L ${rate(a.l[i])}  C ${rate(a.c[i])}`], x, y);
  }

  function pointers() {
    const held = new Map();
    let spread = 0;
    const left = (event) => {
      held.delete(event.pointerId);
      canvas.classList.remove("moving");
      spread = 0;
    };
    canvas.addEventListener("pointerdown", (event) => {
      held.set(event.pointerId, event.clientX);
      canvas.setPointerCapture(event.pointerId);
      canvas.classList.add("moving");
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held.has(event.pointerId)) return point(event);
      const { w, right, box } = layout();
      const moved = event.clientX - held.get(event.pointerId);
      held.set(event.pointerId, event.clientX);
      tip.hidden = true;
      if (held.size === 2) {
        const [one, two] = [...held.values()];
        const now = Math.abs(one - two);
        const at = from + (((one + two) / 2 - box.left) / (w - right)) * (to - from);
        if (spread && now > 10) zoom(spread / now, at);
        spread = now;
        return undefined;
      }
      const by = (moved / (w - right)) * (to - from);
      return show(from - by, to - by);
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, left);
    canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
    canvas.addEventListener("click", point);
    canvas.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return; // A plain wheel scrolls the page.
      event.preventDefault();
      const { w, right, box } = layout();
      const at = from + ((event.clientX - box.left) / (w - right)) * (to - from);
      zoom(1.003 ** event.deltaY, at);
    }, { passive: false });
    canvas.addEventListener("keydown", (event) => {
      const by = (to - from) / 8;
      const keys = {
        ArrowLeft: () => show(from - by, to - by), ArrowRight: () => show(from + by, to + by),
        "+": () => zoom(0.6), "-": () => zoom(1 / 0.6), 0: () => show(0, bars(pair).n),
      };
      if (keys[event.key]) {
        event.preventDefault();
        keys[event.key]();
      }
    });
  }

  function choose(trade) {
    const name = pairOf(trade);
    if (!data.candles[name]) return;
    chosen = trade;
    pair = name;
    pick.value = name;
    const s = scales();
    const [a, b] = [s.place(trade[1]), s.place(trade[2])];
    const room = Math.max((b - a) * 1.5, 30);
    show(a - room, b + room);
    canvas.scrollIntoView({ block: "center", behavior: "smooth" });
  }

  function list() {
    const size = 25;
    const body = document.getElementById("rows");
    const [before, after] = [document.getElementById("before"), document.getElementById("after")];
    const order = document.getElementById("order");
    let page = 0;
    const sorted = () => {
      const by = { opened: (t) => t[1], best: (t) => -t[6], worst: (t) => t[6], longest: (t) => t[1] - t[2] }[order.value];
      return [...data.trades].sort((one, two) => by(one) - by(two));
    };
    let rows = sorted();
    const fill = () => {
      body.replaceChildren(...rows.slice(page * size, (page + 1) * size).map((t) => {
        const row = document.createElement("tr");
        const cells = [pairOf(t), t[5] ? "short" : "long", when(t[1]), when(t[2]), rate(t[3]), rate(t[4]), per(t[6]), t[7].toFixed(2), t[8], t[9]];
        cells.forEach((text, k) => {
          const cell = document.createElement("td");
          cell.textContent = text;
          if (k === 6 || k === 7) cell.className = t[6] >= 0 ? "up" : "down";
          if (k === 8 || k === 9 || k === 1) cell.className = "text";
          row.append(cell);
        });
        row.tabIndex = 0;
        row.addEventListener("click", () => choose(t));
        row.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(t); });
        return row;
      }));
      const pages = Math.max(1, Math.ceil(rows.length / size));
      document.getElementById("page").textContent = `${page + 1} of ${pages}`;
      before.disabled = page === 0;
      after.disabled = page >= pages - 1;
    };
    before.addEventListener("click", () => { page -= 1; fill(); });
    after.addEventListener("click", () => { page += 1; fill(); });
    order.addEventListener("change", () => { page = 0; rows = sorted(); fill(); });
    fill();
  }

  function theme() {
    const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
    document.getElementById("theme").addEventListener("click", () => {
      root.dataset.theme = dark() ? "light" : "dark";
      if (pairs.length) draw();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => pairs.length && draw());
  }

  theme();
  list();
  if (pairs.length) {
    for (const name of pairs) pick.add(new Option(`${name} (${bars(name).trades.length})`, name));
    pick.addEventListener("change", () => { pair = pick.value; chosen = null; show(0, bars(pair).n); });
    document.getElementById("in").addEventListener("click", () => zoom(0.5));
    document.getElementById("out").addEventListener("click", () => zoom(2));
    document.getElementById("all").addEventListener("click", () => show(0, bars(pair).n));
    pointers();
    new ResizeObserver(draw).observe(canvas.parentElement);
    const last = bars(pair).n;
    show(Math.max(0, last - 400), last);
  }
})();
