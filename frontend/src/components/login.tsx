/** Asks for the access token when the service wants one. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, unwrap } from "@/api/client";
import { useViewStore } from "@/state/view-store";
import { DialogProblem } from "./dialog";
import { Mark } from "./icons";

export function Login() {
  const client = useQueryClient();
  const [token, setToken] = useState("");
  const login = useMutation({
    mutationFn: async () => unwrap(await api.POST("/api/v1/session", { body: { token } })),
    onSuccess: () => {
      useViewStore.getState().set({ signedOut: false, connection: "connecting" });
      return client.resetQueries();
    },
  });
  return (
    <main className="mx-auto flex min-h-dvh max-w-sm flex-col justify-center px-5">
      <div className="flex items-center gap-3">
        <Mark size={40} />
        <h1 className="font-semibold text-2xl tracking-[-0.02em]">Tidegate</h1>
      </div>
      <p className="mt-4 text-muted">
        Sign in with the access token of this installation, the value of <code>TIDEGATE_ACCESS_TOKEN</code>.
      </p>
      <form
        className="mt-5"
        data-testid="login-form"
        onSubmit={(event) => {
          event.preventDefault();
          login.mutate();
        }}
      >
        <label className="block text-muted text-xs">
          Access token
          <input
            type="password"
            name="token"
            autoComplete="current-password"
            required
            maxLength={512}
            value={token}
            onChange={(event) => setToken(event.target.value)}
            className="mt-1 block min-h-11 w-full rounded-lg border border-line-strong bg-panel px-3 text-base text-ink"
          />
        </label>
        <DialogProblem problem={login.error?.message} />
        <button
          type="submit"
          disabled={login.isPending || token === ""}
          className="mt-4 min-h-11 w-full rounded-lg bg-tide px-4 font-semibold text-ground disabled:opacity-60"
        >
          {login.isPending ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
