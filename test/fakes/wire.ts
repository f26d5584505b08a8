import { z } from "zod";
import { Blueprint, Inventory } from "../../src/core/cluster.ts";
import { Secret } from "../../src/core/secret.ts";

const State = z.record(z.string(), z.unknown());
const item = { operation: z.string(), key: z.string() };

/** The cluster a node belongs to: what a simulated node cannot know by itself. */
const Belongs = z.object({ blueprint: Blueprint, inventory: Inventory });

/** What a stand-in node can be asked, one JSON text per exec channel. */
export const Question = z.discriminatedUnion("ask", [
  z.object({ ask: z.literal("check"), items: z.array(z.object(item)) }),
  z.object({
    ask: z.literal("apply"),
    differences: z.array(z.object({ ...item, want: State })),
    fence: z.object({ run: z.string(), turn: z.number(), by: z.string(), actor: z.string() }).optional(),
  }),
  z.object({
    ask: z.literal("read"),
    facts: z.array(z.object({ name: z.string(), query: z.unknown() })),
    cluster: Belongs,
  }),
  z.object({
    ask: z.literal("scan"),
    /** The address that knocks. */
    from: z.string(),
    targets: z.array(z.object({ address: z.string(), ports: z.array(z.number()) })),
    cluster: Belongs,
  }),
]);
export type Question = z.infer<typeof Question>;

/** What it answers: the value, or why there is none. */
export const Answer = z.union([
  z.object({ value: z.unknown() }),
  z.object({
    failure: z.object({
      code: z.string(),
      message: z.string(),
      node: z.string().exactOptional(),
      hint: z.string().exactOptional(),
      state: z.string().exactOptional(),
    }),
  }),
]);

/** JSON in which secrets are what they hide: it goes to nodes, like the real thing. */
export function toWire(value: unknown): string {
  // `Secret.toJSON` hides its value before a replacer sees it, hence the look at the holder.
  return JSON.stringify(value, function (this: Record<string, unknown>, name, plain: unknown) {
    const held = this[name];
    return held instanceof Secret ? held.reveal() : plain;
  });
}
