import { z } from "zod";
import { pathId, readBody } from "../body.ts";
import { regionById } from "../catalog.ts";
import type { ApiContext, Routes } from "../context.ts";
import { bad, notFound } from "../errors.ts";
import { paginate } from "../paging.ts";
import type { EventRecord } from "../state.ts";
import { accountId, eventView, linodeView, username } from "../views.ts";

const eventFilterable = ["id", "action", "created", "entity.id", "entity.type", "seen", "status", "username"];

function eventById(context: ApiContext, id: number): EventRecord {
  const event = context.store.state.events.find((candidate) => candidate.id === id);
  if (event === undefined) throw notFound();
  return event;
}

const profile = {
  uid: accountId,
  username,
  email: "lab@example.org",
  verified_phone_number: null,
  timezone: "GMT",
  email_notifications: true,
  referrals: { code: "", url: "", total: 0, completed: 0, pending: 0, credit: 0 },
  ip_whitelist_enabled: false,
  lish_auth_method: "password_keys",
  authorized_keys: null,
  two_factor_auth: true,
  restricted: false,
  authentication_type: "password",
  user_type: "default",
};

const account = {
  company: "The lab",
  email: "lab@example.org",
  first_name: "Local",
  last_name: "Linode",
  address_1: "",
  address_2: "",
  city: "",
  state: "",
  zip: "",
  country: "US",
  phone: "",
  tax_id: "",
  credit_card: { last_four: null, expiry: null },
  balance: 0,
  balance_uninvoiced: 0,
  active_since: "2026-01-01T00:00:00",
  active_promotions: [],
  capabilities: ["Linodes", "Vlans", "Placement Group"],
  billing_source: "linode",
  euuid: "0AB0C0DE-0000-4000-8000000000000001",
};

const newTag = z.strictObject({
  label: z.string().refine((tag) => tag.length >= 3 && tag.length <= 50, "Length must be 3-50 characters"),
  linodes: z.array(z.number().int()).optional(),
});

function createTag(context: ApiContext, body: z.infer<typeof newTag>): void {
  const { tags, linodes } = context.store.state;
  if (tags.includes(body.label)) throw bad("Tag already exists", "label");
  const tagged = (body.linodes ?? []).map((id) => {
    const linode = linodes.find((candidate) => candidate.id === id);
    if (linode === undefined) throw bad(`Invalid Linode ID ${String(id)}`, "linodes");
    return linode;
  });
  tags.push(body.label);
  for (const linode of tagged) if (!linode.tags.includes(body.label)) linode.tags.push(body.label);
}

function deleteTag(context: ApiContext, label: string): void {
  const { state } = context.store;
  if (!state.tags.includes(label)) throw notFound();
  state.tags = state.tags.filter((tag) => tag !== label);
  for (const linode of state.linodes) linode.tags = linode.tags.filter((tag) => tag !== label);
}

/** The account: events, tags, profile. */
export const accountRoutes: Routes = (app, context) => {
  app.get("/account/events", (c) => {
    const all = context.store.state.events.toReversed().map(eventView);
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), eventFilterable));
  });
  app.get("/account/events/:id", (c) => c.json(eventView(eventById(context, pathId(c, "id")))));
  app.post("/account/events/:id/seen", (c) => {
    const upTo = eventById(context, pathId(c, "id")).id;
    for (const event of context.store.state.events) if (event.id <= upTo) event.seen = true;
    return c.json({});
  });
  app.get("/account", (c) => c.json(account));
  app.get("/profile", (c) => c.json(profile));
  // The lab's user is unrestricted: the API then answers nothing.
  app.get("/profile/grants", (c) => c.body(null, 204));
  app.get("/tags", (c) => {
    const all = context.store.state.tags.toSorted().map((label) => ({ label }));
    return c.json(paginate(all, c.req.query(), c.req.header("X-Filter"), []));
  });
  app.post("/tags", async (c) => {
    const body = await readBody(c, newTag);
    createTag(context, body);
    return c.json({ label: body.label });
  });
  app.get("/tags/:label", (c) => {
    const label = c.req.param("label");
    if (!context.store.state.tags.includes(label)) throw notFound();
    const tagged = context.store.state.linodes
      .filter((linode) => linode.tags.includes(label))
      .map((linode) => ({
        type: "linode",
        data: linodeView(context.store, regionById(context.regions, linode.region), linode),
      }));
    return c.json(paginate(tagged, c.req.query(), undefined, []));
  });
  app.delete("/tags/:label", (c) => {
    deleteTag(context, c.req.param("label"));
    return c.json({});
  });
};
