import { useEffect, useRef } from "react";

/** A price that glows green or red for a moment as it rises or falls. */
export function Ticking({ text, value }: { text: string; value: number }) {
  const span = useRef<HTMLSpanElement>(null);
  const previous = useRef(value);
  useEffect(() => {
    const node = span.current;
    const change = value - previous.current;
    previous.current = value;
    if (!node || !change) return;
    node.classList.remove("tick-up", "tick-down");
    void node.offsetWidth; // Restarts the animation where the same direction comes twice.
    node.classList.add(change > 0 ? "tick-up" : "tick-down");
  }, [value]);
  return <span ref={span}>{text}</span>;
}
