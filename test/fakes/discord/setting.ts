import type { Commands } from "./commands.ts";
import type { Gateway } from "./gateway.ts";
import type { Interactions } from "./interactions.ts";
import type { RateLimits } from "./limits.ts";
import type { Messages } from "./messages.ts";
import type { World } from "./world.ts";

/** What the routes work with. */
export interface Setting {
  readonly world: World;
  readonly messages: Messages;
  readonly interactions: Interactions;
  readonly commands: Commands;
  readonly gateway: Gateway;
  readonly limits: RateLimits;
  readonly now: () => number;
  /** `ws://127.0.0.1:PORT`. */
  readonly gatewayUrl: () => string;
}
