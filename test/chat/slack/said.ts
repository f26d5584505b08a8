import type { Card } from "../../../src/core/card.ts";
import type { Delivery, Saying } from "../../../src/core/mouth.ts";

/** A card of a run. */
export const card = (parts: Partial<Card> = {}): Card => ({
  title: "Restart prod",
  state: "running",
  verdict: "",
  facts: [],
  checklist: [],
  question: null,
  table: null,
  text: null,
  diff: [],
  picture: null,
  actions: [],
  startedAt: null,
  endedAt: null,
  ...parts,
});
/** The same after its end. */
export const ended = card({ state: "done", verdict: "all is well", endedAt: 1 });

/** What goes with something that is said. */
export const delivery = (key: string, parts: Partial<Delivery> = {}): Delivery => ({
  place: "slack:C0OPS",
  key,
  again: false,
  runId: "run",
  actor: "alice",
  signal: new AbortController().signal,
  ...parts,
});

export const saying = (parts: Partial<Saying> = {}): Saying => ({
  text: "it is done",
  tone: "news",
  mentions: [],
  ...parts,
});
