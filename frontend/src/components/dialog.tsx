/** A native modal dialog: the browser keeps the focus inside, and Escape closes it. */
import { type ReactNode, useEffect, useId, useRef } from "react";

interface DialogProps {
  title: string;
  testId?: string;
  onClose: () => void;
  children: ReactNode;
}

export function Dialog({ title, testId, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const node = dialog.current;
    node?.showModal();
    node?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
    return () => node?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      data-testid={testId}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="w-[min(28rem,calc(100vw-1.5rem))] rounded-2xl border border-line-strong bg-panel p-5 shadow-2xl"
    >
      <h2 id={titleId} className="font-semibold text-lg tracking-[-0.01em]">
        {title}
      </h2>
      {children}
    </dialog>
  );
}

export function DialogActions({ children }: { children: ReactNode }) {
  return <div className="mt-5 flex flex-wrap justify-end gap-2">{children}</div>;
}

/** Why the last try didn't work. */
export function DialogProblem({ problem }: { problem: string | null | undefined }) {
  if (!problem) return null;
  return (
    <p role="alert" className="mt-4 rounded-lg bg-down-soft px-3 py-2 text-down">
      {problem}
    </p>
  );
}
