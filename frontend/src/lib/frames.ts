const HIDDEN_MS = 250;

/**
 * Run once the next animation frame is over, or after a moment where the tab is hidden.
 *
 * Not inside the frame: the page would then show a change in that frame, but the chart, which draws
 * in a frame that it asks for itself, only in the following one, so that the two disagree meanwhile.
 */
export function afterFrame(run: () => void): void {
  if (document.hidden) setTimeout(run, HIDDEN_MS);
  else requestAnimationFrame(() => setTimeout(run));
}
