/** Always in view: whose system this is, that it trades on paper, whether it is live, and Halt. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { statusQuery } from "@/api/queries";
import { currentTheme, onThemeChange, toggleTheme } from "@/lib/theme";
import { useViewStore } from "@/state/view-store";
import { ConnectionBadge } from "./connection-badge";
import { KeyboardIcon, Mark, MoonIcon, StopIcon, SunIcon } from "./icons";

const ICON_BUTTON =
  "inline-flex size-11 items-center justify-center rounded-lg text-muted hover:bg-raised hover:text-ink md:size-9";

export function Header() {
  const { data: status } = useQuery(statusQuery);
  return (
    <header className="sticky top-0 z-30 border-line border-b bg-panel pt-[env(safe-area-inset-top)]">
      <div className="mx-auto flex h-14 max-w-[110rem] items-center gap-2 px-3 md:gap-3 md:px-4">
        <Mark />
        <h1 className="font-semibold text-base tracking-[-0.015em] phone:sr-only">Tidegate</h1>
        <ModeBadge mode={status?.mode ?? "paper"} />
        <ConnectionBadge />
        <div className="ml-auto flex items-center md:gap-1">
          <button
            type="button"
            className={`${ICON_BUTTON} phone:hidden`}
            aria-label="Keyboard shortcuts"
            title="Keyboard shortcuts (?)"
            onClick={() => useViewStore.getState().set({ dialog: "help" })}
          >
            <KeyboardIcon />
          </button>
          <ThemeButton />
          <HaltButton halted={status?.trading_state === "HALTED"} />
        </div>
      </div>
    </header>
  );
}

function ModeBadge({ mode }: { mode: string }) {
  return (
    <span
      className="rounded-md border border-warn/50 bg-warn-soft px-1.5 py-0.5 font-bold text-[0.6875rem] text-warn leading-4 tracking-[0.08em]"
      title="Orders are simulated: no real money moves."
      data-testid="mode"
    >
      {mode.toUpperCase()}
    </span>
  );
}

function ThemeButton() {
  const [theme, setTheme] = useState<"dark" | "light">("dark");
  useEffect(() => {
    setTheme(currentTheme());
    return onThemeChange(() => setTheme(currentTheme()));
  }, []);
  const next = theme === "dark" ? "light" : "dark";
  return (
    <button
      type="button"
      className={ICON_BUTTON}
      onClick={toggleTheme}
      aria-label={`Use the ${next} theme`}
      title={`Use the ${next} theme (t)`}
    >
      {theme === "dark" ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

function HaltButton({ halted }: { halted: boolean }) {
  return (
    <button
      type="button"
      data-testid="halt-button"
      disabled={halted}
      title={halted ? "Trading is halted. Resume from the banner below." : "Stop trading (Ctrl+Shift+K)"}
      onClick={() => useViewStore.getState().set({ dialog: "halt" })}
      className="ml-1 inline-flex min-h-11 items-center gap-2 rounded-lg bg-halt px-4 font-semibold text-on-halt hover:bg-halt-hover disabled:bg-raised disabled:text-muted md:min-h-9"
    >
      <StopIcon />
      {halted ? "Halted" : "Halt"}
    </button>
  );
}
