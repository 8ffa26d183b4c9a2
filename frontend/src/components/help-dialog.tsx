/** The keys that the page knows. */
import { Fragment } from "react";
import { Dialog, DialogActions } from "./dialog";
import { BUTTON } from "./panel";

const KEYS: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [["?"], "This help"],
  [["1", "…", "6"], "Time frame, 1 minute to 1 day"],
  [["["], "Market before"],
  [["]"], "Market after"],
  [["t"], "Dark or light theme"],
  [["Ctrl", "Shift", "K"], "Halt dialog"],
];

export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keyboard" onClose={onClose}>
      <dl className="mt-4 grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-2.5">
        {KEYS.map(([keys, meaning]) => (
          <Fragment key={meaning}>
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd
                  key={key}
                  className="min-w-6 rounded-md border border-line-strong border-b-2 bg-raised px-1.5 py-0.5 text-center font-sans text-xs"
                >
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-muted">{meaning}</dd>
          </Fragment>
        ))}
      </dl>
      <p className="mt-4 text-muted text-xs">No key sends an order, and none works while you type.</p>
      <DialogActions>
        <button type="button" className={BUTTON} onClick={onClose}>
          Close
        </button>
      </DialogActions>
    </Dialog>
  );
}
