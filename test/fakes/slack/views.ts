import { wrongInView } from "./blocks/check.ts";
import type { Call } from "./call.ts";
import { withIds } from "./controls.ts";
import { Refusal, refuseFor } from "./refusal.ts";
import { inWords, isShape, shapesIn, type Shape } from "./shape.ts";
import type { FakeView, Workspace } from "./workspace.ts";

/** "Greater than 250kb" (views.open). */
const viewBytes = 250 * 1024;
/** One view and two pushed on it (docs.slack.dev/surfaces/modals). */
const stackDepth = 3;

/** A view that Slack takes; throws `invalid_arguments` with the reasons. */
export function checkedView(world: Workspace, given: unknown, type: "modal" | "home"): Shape {
  if (!isShape(given)) throw refuseFor("invalid_arguments", ["must provide an object [json-pointer:/view]"]);
  if (given.type !== type)
    throw refuseFor("invalid_arguments", [`unsupported type: ${inWords(given.type)} [json-pointer:/view/type]`]);
  const wrong = wrongInView(given, type, world.population.appName);
  if (wrong.length > 0) throw refuseFor("invalid_arguments", wrong);
  if (Buffer.byteLength(JSON.stringify(given)) > viewBytes) throw new Refusal("view_too_large");
  return {
    ...given,
    blocks: withIds(shapesIn(given.blocks), (prefix) => world.nextId(prefix)),
  };
}

const viewOfCall = ({ world, args }: Call, type: "modal" | "home"): Shape =>
  checkedView(world, args.json("view", "invalid_arguments"), type);

const newHash = (world: Workspace): string => `${world.clock.now()}.${world.nextId("h")}`;

/** The modals of a person, the lowest first. */
export function stackOf(world: Workspace, user: string): FakeView[] {
  return world.views.filter((each) => each.user === user && each.type === "modal");
}

/** Puts a view on top of what the person sees. */
export function pushView(world: Workspace, user: string, view: Shape, type: "modal" | "home"): FakeView {
  const below = type === "modal" ? stackOf(world, user).at(-1) : undefined;
  const id = world.nextId("V");
  const rootId = below?.rootId ?? id;
  const shown: FakeView = { id, user, type, rootId, previousId: below?.id ?? null, view, hash: newHash(world) };
  world.views.push(shown);
  world.changed();
  return shown;
}

export function replaceView(world: Workspace, shown: FakeView, view: Shape): void {
  shown.view = view;
  shown.hash = newHash(world);
  world.changed();
}

/** Takes one modal of a person away, or all. */
export function closeViews(world: Workspace, user: string, top: FakeView | null): void {
  const gone = top === null ? stackOf(world, user) : [top];
  for (const each of gone) world.views.splice(world.views.indexOf(each), 1);
  world.changed();
}

/** The view as Slack writes it in answers and payloads. */
export function viewShape({ population }: Workspace, shown: FakeView, values: Shape = {}): Shape {
  return {
    private_metadata: "",
    callback_id: "",
    external_id: "",
    clear_on_close: false,
    notify_on_close: false,
    close: null,
    submit: null,
    ...shown.view,
    id: shown.id,
    team_id: population.teamId,
    app_id: population.appId,
    app_installed_team_id: population.teamId,
    bot_id: population.botId,
    hash: shown.hash,
    root_view_id: shown.rootId,
    previous_view_id: shown.previousId,
    state: { values },
  };
}

function refuseDuplicate(world: Workspace, view: Shape, except?: FakeView): void {
  const { external_id: id } = view;
  if (id !== undefined && id !== "" && world.views.some((each) => each !== except && each.view.external_id === id))
    throw new Refusal("duplicate_external_id");
}

function refuseOldHash({ args }: Call, shown: FakeView | undefined): void {
  const hash = args.text("hash");
  if (hash !== undefined && hash !== shown?.hash) throw new Refusal("hash_conflict");
}

export function openView(call: Call): Shape {
  const { world, args, links } = call;
  const view = viewOfCall(call, "modal");
  refuseDuplicate(world, view);
  const user = links.exchange(args.need("trigger_id"));
  closeViews(world, user, null);
  return { view: viewShape(world, pushView(world, user, view, "modal")) };
}

export function pushOnView(call: Call): Shape {
  const { world, args, links } = call;
  const view = viewOfCall(call, "modal");
  refuseDuplicate(world, view);
  const user = links.exchange(args.need("trigger_id"));
  if (stackOf(world, user).length >= stackDepth) throw new Refusal("push_limit_reached");
  return { view: viewShape(world, pushView(world, user, view, "modal")) };
}

export function updateView(call: Call): Shape {
  const { world, args } = call;
  const view = viewOfCall(call, "modal");
  const [id, external] = [args.text("view_id"), args.text("external_id")];
  if (id === undefined && external === undefined)
    throw refuseFor("invalid_arguments", ["must define either `view_id` or `external_id`"]);
  const shown = world.views.find(
    (each) => each.type === "modal" && (id === undefined ? each.view.external_id === external : each.id === id),
  );
  if (shown === undefined) throw new Refusal("not_found");
  refuseOldHash(call, shown);
  refuseDuplicate(world, view, shown);
  replaceView(world, shown, view);
  return { view: viewShape(world, shown) };
}

export function publishView(call: Call): Shape {
  const { world, args } = call;
  const user = args.need("user_id");
  if (!world.users.has(user)) throw refuseFor("invalid_arguments", ["invalid `user_id`"]);
  const view = viewOfCall(call, "home");
  const shown = world.views.find((each) => each.type === "home" && each.user === user);
  refuseOldHash(call, shown);
  if (shown === undefined) return { view: viewShape(world, pushView(world, user, view, "home")) };
  replaceView(world, shown, view);
  return { view: viewShape(world, shown) };
}
