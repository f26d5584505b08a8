/** What a button under a card does. */
export type Deed =
  | "approve"
  | "refuse"
  /** To go on alone, with a reason. */
  | "break"
  /** To see all of a plan that is too long for its card. */
  | "plan"
  | "cancel"
  | "resume"
  | "retry"
  /** To say that one has seen a notice. */
  | "acknowledge"
  /** To give a command that the result of a run, or a notice, offers. */
  | "next";

/** Something a person fills in before a button counts. */
export interface ActionField {
  readonly name: "typed" | "code" | "reason";
  /** At most 45 characters, Discord's limit. */
  readonly label: string;
  /** At most 100 characters. */
  readonly hint: string;
  readonly required: boolean;
}

/** A button. Chat only carries its id; what it does is looked up when it is pressed. */
export interface CardAction {
  readonly id: string;
  readonly label: string;
  readonly style: "primary" | "danger" | "plain";
  /** Asked for first; none when a click is enough. */
  readonly fields: readonly ActionField[];
}

/** A command that is offered: whoever takes it up gives it under their own name and rights. */
export interface Next {
  /** `/repair firewall prod`. */
  readonly command: string;
  /** At most 75 characters, Slack's limit for a button. */
  readonly label: string;
}

/** What the id of a button says. */
export interface Pressed {
  readonly deed: Deed;
  /** Id of a run or of a notice. */
  readonly target: string;
  /** Beginning of the hash of what is answered, or which of the commands that are offered; else empty. */
  readonly hash: string;
}

const deeds = ["approve", "refuse", "break", "plan", "cancel", "resume", "retry", "acknowledge", "next"] as const;
const shape = new RegExp(`^(${deeds.join("|")}):([0-9a-f-]{8,36}):([0-9a-f]{0,16})$`);

/** `approve:1f6f2f0c-…:9a3b…`, at most 64 characters; Discord takes 100, Slack 255. */
export const actionId = ({ deed, target, hash }: Pressed): string => `${deed}:${target}:${hash.slice(0, 16)}`;

/** Reads the id of a button; `undefined` for one that Nonet never made. */
export function readAction(id: string): Pressed | undefined {
  const [, deed, target = "", hash = ""] = shape.exec(id) ?? [];
  const known = deeds.find((each) => each === deed);
  return known === undefined ? undefined : { deed: known, target, hash };
}
