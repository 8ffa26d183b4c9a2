/** What the last halt did, as the server answered it; shown in the banner until trading resumes. */
import { create } from "zustand";
import type { HaltResult } from "@/api/types";

interface HaltState {
  result: HaltResult | null;
  set: (result: HaltResult | null) => void;
}

export const useHaltStore = create<HaltState>((set) => ({
  result: null,
  set: (result) => set({ result }),
}));
