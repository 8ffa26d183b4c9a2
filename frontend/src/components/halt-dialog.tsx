/** One confirmation that says what will happen, then waits for the server's own word. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "@/api/client";
import { ordersQuery, positionsQuery, statusQuery } from "@/api/queries";
import { isOpen } from "@/lib/orders";
import { useHaltStore } from "@/state/halt-store";
import { useViewStore } from "@/state/view-store";
import { counted } from "./banners";
import { Dialog, DialogActions, DialogProblem } from "./dialog";
import { BUTTON } from "./panel";

const FIELD = "mt-1 block min-h-11 w-full rounded-lg border border-line-strong bg-ground px-3";
const HALT =
  "min-h-11 rounded-lg bg-halt px-4 font-semibold text-on-halt hover:bg-halt-hover disabled:opacity-50 sm:min-h-9";
const OFFLINE = "The trading service doesn't answer, so that nothing can be sent. This page keeps trying.";

export function HaltDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const offline = useViewStore((view) => view.connection === "offline");
  const openOrders = useQuery(ordersQuery).data?.filter(isOpen).length;
  const positions = useQuery(positionsQuery).data?.length;
  const [reason, setReason] = useState("");
  const halt = useMutation({
    mutationFn: async () =>
      unwrap(await api.POST("/api/v1/trading/halt", { body: { reason: reason.trim() || null } })),
    onSuccess: async (result) => {
      useHaltStore.getState().set(result);
      await client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Dialog title="Halt trading?" testId="halt-dialog" onClose={onClose}>
      <ul className="mt-3 flex list-disc flex-col gap-1.5 pl-5 text-muted marker:text-line-strong">
        <li>
          <strong className="font-semibold text-ink">
            Will cancel {openOrders === undefined ? "all open orders" : counted(openOrders, "open order")} and
            keep {positions === undefined ? "all positions" : counted(positions, "position")}
          </strong>
          : nothing will be sold
        </li>
        <li>No strategy will send an order until somebody resumes</li>
      </ul>
      <label className="mt-4 block text-muted text-xs">
        Reason (optional, for the journal)
        <input
          className={`${FIELD} text-ink text-sm`}
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.target.value)}
        />
      </label>
      <DialogProblem problem={offline ? OFFLINE : halt.error && `Not halted: ${halt.error.message}`} />
      <DialogActions>
        <button type="button" className={BUTTON} onClick={onClose}>
          Keep trading
        </button>
        <button
          type="button"
          data-testid="halt-confirm"
          data-autofocus
          className={HALT}
          disabled={offline || halt.isPending}
          onClick={() => halt.mutate()}
        >
          {halt.isPending ? "Halting…" : "Halt trading"}
        </button>
      </DialogActions>
    </Dialog>
  );
}

export function ResumeDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const offline = useViewStore((view) => view.connection === "offline");
  const [typed, setTyped] = useState("");
  const resume = useMutation({
    mutationFn: async () => unwrap(await api.POST("/api/v1/trading/resume", { body: { confirm: "RESUME" } })),
    onSuccess: async (status) => {
      client.setQueryData(statusQuery.queryKey, status);
      useHaltStore.getState().set(null);
      onClose();
    },
  });
  return (
    <Dialog title="Resume trading?" testId="resume-dialog" onClose={onClose}>
      <p className="mt-3 text-muted">The strategies may send orders again at once.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (typed === "RESUME" && !offline) resume.mutate();
        }}
      >
        <label className="mt-4 block text-muted text-xs">
          Type RESUME to confirm
          <input
            className={`${FIELD} text-ink text-sm tracking-wider`}
            value={typed}
            autoCapitalize="characters"
            autoComplete="off"
            spellCheck={false}
            data-testid="resume-word"
            onChange={(event) => setTyped(event.target.value)}
          />
        </label>
        <DialogProblem problem={offline ? OFFLINE : resume.error && `Not resumed: ${resume.error.message}`} />
        <DialogActions>
          <button type="button" className={BUTTON} onClick={onClose}>
            Stay halted
          </button>
          <button
            type="submit"
            data-testid="resume-confirm"
            className="min-h-11 rounded-lg bg-ink px-4 font-semibold text-ground disabled:opacity-50 sm:min-h-9"
            disabled={typed !== "RESUME" || offline || resume.isPending}
          >
            {resume.isPending ? "Resuming…" : "Resume trading"}
          </button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
