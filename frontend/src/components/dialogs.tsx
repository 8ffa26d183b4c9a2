/** The dialog that is open, if one is. */
import { useViewStore } from "@/state/view-store";
import { HaltDialog, ResumeDialog } from "./halt-dialog";
import { HelpDialog } from "./help-dialog";

const close = () => useViewStore.getState().set({ dialog: null });

export function Dialogs() {
  const dialog = useViewStore((view) => view.dialog);
  if (dialog === "halt") return <HaltDialog onClose={close} />;
  if (dialog === "resume") return <ResumeDialog onClose={close} />;
  if (dialog === "help") return <HelpDialog onClose={close} />;
  return null;
}
