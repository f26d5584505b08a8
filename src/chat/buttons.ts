import type { CardAction } from "../core/action.ts";
import { oneLine } from "./text.ts";

/** How many buttons a platform takes, and how long what belongs to one may be. */
interface Limits {
  readonly most: number;
  readonly mostId: number;
  readonly mostLabel: number;
}

/** The buttons that can be shown, each id once; a button whose id does not fit could never be told from others. */
export function buttonsOf(actions: readonly CardAction[], { most, mostId, mostLabel }: Limits): readonly CardAction[] {
  const byId = new Map(actions.map((action) => [action.id, action]));
  return [...byId.values()]
    .filter(({ id }) => id !== "" && id.length <= mostId)
    .slice(0, most)
    .map((action) => ({ ...action, label: oneLine(action.label, mostLabel).trim() || "…" }));
}
