/** Registers the service worker, and tells when a newer one waits. */

let waiting: ServiceWorker | null = null;
const listeners = new Set<() => void>();

function found(worker: ServiceWorker | null): void {
  if (!worker || !navigator.serviceWorker.controller) return;
  waiting = worker;
  for (const listener of listeners) listener();
}

/** Register the worker; browsers that refuse one (plain http, private windows) go on without. */
export async function registerServiceWorker(): Promise<void> {
  if (!("serviceWorker" in navigator) || process.env.NODE_ENV !== "production") return;
  try {
    const registration = await navigator.serviceWorker.register("/sw.js");
    found(registration.waiting);
    registration.addEventListener("updatefound", () => {
      const worker = registration.installing;
      worker?.addEventListener("statechange", () => worker.state === "installed" && found(worker));
    });
  } catch {
    // Only the offline page is lost; the connection badge tells the rest.
  }
}

/** Call `listener` when a new version waits; returns how to stop. */
export function onNewVersion(listener: () => void): () => void {
  listeners.add(listener);
  if (waiting) listener();
  return () => listeners.delete(listener);
}

/** Let the waiting version take over, and show it. */
export function activateNewVersion(): void {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting?.postMessage("activate");
}
