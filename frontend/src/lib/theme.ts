/** Dark or light: the person's choice, else the system's. */
export type Theme = "dark" | "light";

const KEY = "tidegate-theme";
const listeners = new Set<() => void>();

/** Runs in the page's head before the first paint, so that no wrong theme flashes. */
export const THEME_SCRIPT = `(()=>{let t;try{t=localStorage.getItem("${KEY}")}catch{}document.documentElement.dataset.theme=t??(matchMedia("(prefers-color-scheme: light)").matches?"light":"dark")})()`;

export function currentTheme(): Theme {
  return document.documentElement.dataset.theme === "light" ? "light" : "dark";
}

export function toggleTheme(): void {
  const theme = currentTheme() === "dark" ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Storage may be refused (private windows); the choice then lasts as long as the page.
  }
  for (const listener of listeners) listener();
}

/** Call `listener` after each change of theme; returns how to stop. */
export function onThemeChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
