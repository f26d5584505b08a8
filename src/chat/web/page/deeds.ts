import type { Outcome } from "../wire.ts";
import { ask } from "./api.ts";
import { changed, model } from "./model.ts";

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Gives a command. A run is gone to, unless it is to be followed from here. */
export async function submit(text: string, stay = false): Promise<boolean> {
  model.problem = null;
  try {
    take(await ask<Outcome>("/api/submit", { text }), stay);
    return true;
  } catch (error) {
    model.answer = null;
    model.problem = words(error);
    return false;
  } finally {
    changed();
  }
}

/** Presses a button on a run or a notice. */
export async function press(id: string, on: string, filled: object): Promise<void> {
  model.pressing.set(on, { open: model.pressing.get(on)?.open ?? null, busy: true, problem: null });
  changed();
  try {
    take(await ask<Outcome>("/api/press", { id, on, filled }), false);
    model.pressing.delete(on);
  } catch (error) {
    model.pressing.set(on, { open: model.pressing.get(on)?.open ?? null, busy: false, problem: words(error) });
  }
  changed();
}

/** Signs out; what is on the screen goes with it. */
export async function signOut(): Promise<void> {
  await ask("/api/sign-out", {}).catch(() => undefined);
  location.replace("/");
}

function take(outcome: Outcome, stay: boolean): void {
  if (outcome?.kind === "answer") {
    model.answer = outcome.card;
    // Once it is drawn; the button that it answers may be far below.
    setTimeout(() => document.querySelector("#answer")?.scrollIntoView({ block: "nearest" }));
  }
  if (outcome?.kind === "run" && !stay) location.assign(`/runs/${outcome.runId}`);
}
