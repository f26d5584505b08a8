import { canonicalXml, element } from "./xml.ts";
import type { Element } from "./xml.ts";

/** One thing Pacemaker starts and stops. */
export interface Primitive {
  readonly id: string;
  /** `ocf:heartbeat:IPaddr2` or `systemd:nginx`. */
  readonly agent: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly operations: readonly {
    readonly name: "start" | "stop" | "monitor" | "promote" | "demote";
    /** For `monitor` only. */
    readonly interval?: string;
    readonly timeout: string;
    readonly role?: "Promoted" | "Unpromoted";
  }[];
}

/** A resource: single, on all nodes, or several that stay together and start in order. */
type Resource =
  | { readonly kind: "primitive"; readonly primitive: Primitive }
  | { readonly kind: "clone"; readonly primitive: Primitive; readonly meta: Readonly<Record<string, string>> }
  | { readonly kind: "group"; readonly id: string; readonly members: readonly Primitive[] };

/** A resource that is only where another one is, and starts after it. */
interface Follows {
  readonly resource: string;
  /** A clone's id is that of its primitive with `-clone`. */
  readonly after: string;
  /** Only on the node where the other one is promoted. */
  readonly promoted?: true;
}

/** The configuration of a Pacemaker cluster, as far as Nonet owns it. */
export interface Cib {
  readonly resources: readonly Resource[];
  readonly follows: readonly Follows[];
  readonly properties: Readonly<Record<string, string>>;
  readonly defaults: Readonly<Record<string, string>>;
}

const nvpairs = (tag: string, id: string, values: Readonly<Record<string, string>>): Element[] =>
  Object.keys(values).length === 0
    ? []
    : [
        element(
          tag,
          { id },
          Object.entries(values).map(([name, value]) => element("nvpair", { id: `${id}-${name}`, name, value })),
        ),
      ];

function primitive(from: Primitive): Element {
  const agent = from.agent.split(":");
  const [type] = agent.slice(-1);
  const provider = agent.length === 3 ? agent[1] : undefined;
  const operations = from.operations.map(({ name, interval = "0s", timeout, role }) =>
    element("op", { id: `${from.id}-${name}-${interval}`, name, interval, timeout, role }),
  );
  return element("primitive", { id: from.id, class: agent[0], provider, type }, [
    ...nvpairs("instance_attributes", `${from.id}-parameters`, from.parameters ?? {}),
    element("operations", {}, operations),
  ]);
}

function resource(from: Resource): Element {
  if (from.kind === "primitive") return primitive(from.primitive);
  if (from.kind === "group") return element("group", { id: from.id }, from.members.map(primitive));
  const id = `${from.primitive.id}-clone`;
  return element("clone", { id }, [...nvpairs("meta_attributes", `${id}-meta`, from.meta), primitive(from.primitive)]);
}

/** The `resources` section in canonical form. */
export function resourcesXml(cib: Cib): string {
  return canonicalXml(element("resources", {}, cib.resources.map(resource)));
}

/** The `constraints` section in canonical form: a colocation and an order for each that follows another. */
export function constraintsXml(cib: Cib): string {
  const constraints = cib.follows.flatMap(({ resource: rsc, after, promoted }) => [
    element("rsc_colocation", {
      id: `${rsc}-with-${after}`,
      rsc,
      "with-rsc": after,
      "with-rsc-role": promoted && "Promoted",
      "rsc-role": promoted && "Started",
      score: "INFINITY",
    }),
    element("rsc_order", {
      id: `${rsc}-after-${after}`,
      first: after,
      // oxlint-disable-next-line unicorn/no-thenable -- Pacemaker's own word, and nothing awaits it
      then: rsc,
      "first-action": promoted && "promote",
      "then-action": promoted && "start",
      kind: "Mandatory",
    }),
  ]);
  return canonicalXml(element("constraints", {}, constraints));
}

/** A section of name/value pairs, for `cibadmin --modify`. */
export function valuesXml(section: "crm_config" | "rsc_defaults", values: Readonly<Record<string, string>>): string {
  return section === "crm_config"
    ? canonicalXml(element(section, {}, nvpairs("cluster_property_set", "cib-bootstrap-options", values)))
    : canonicalXml(element(section, {}, nvpairs("meta_attributes", "rsc_defaults-options", values)));
}
