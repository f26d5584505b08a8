import { z } from "zod";
import { operation } from "../core/operation.ts";
import type { Change } from "../core/operation.ts";
import { lines, run, sh } from "../core/shell.ts";
import type { Script } from "../core/shell.ts";
import { constraintsXml, resourcesXml, valuesXml } from "./cib.ts";
import type { Cib } from "./cib.ts";
import { canonicalXml, parseXml } from "./xml.ts";
import type { Element } from "./xml.ts";

const Values = z.record(z.string().regex(/^[a-z-]+$/), z.string());
const Configuration = z.strictObject({
  /** Properties that Pacemaker keeps for itself (`dc-version`) are left out and left alone. */
  properties: Values,
  defaults: Values,
  /** Sections in canonical XML. */
  resources: z.string(),
  constraints: z.string(),
});
/** The shared configuration of a pair. */
export type Configuration = z.infer<typeof Configuration>;

/** The typed configuration as a state to desire. */
export function configuration(cib: Cib): Configuration {
  return {
    properties: { ...cib.properties },
    defaults: { ...cib.defaults },
    resources: resourcesXml(cib),
    constraints: constraintsXml(cib),
  };
}

const find = (root: Element, tag: string): Element | undefined => root.children.find((child) => child.tag === tag);
const section = (root: Element, tag: string): string =>
  canonicalXml(find(root, tag) ?? { tag, attributes: {}, children: [] });
const values = (root: Element, tag: string): Record<string, string> =>
  Object.fromEntries(
    (find(root, tag)?.children ?? []).flatMap((set) =>
      set.children.map(({ attributes }) => [attributes["name"] ?? "", attributes["value"] ?? ""]),
    ),
  );

function valueChanges(kind: "properties" | "defaults", have: Configuration | undefined, want: Configuration): Change[] {
  return Object.entries(want[kind]).flatMap(([name, value]) => {
    const had = have?.[kind][name];
    return had === value ? [] : [{ field: `${kind}.${name}`, have: had ?? null, want: value }];
  });
}

function sectionChange(
  kind: "resources" | "constraints",
  have: Configuration | undefined,
  want: Configuration,
): Change[] {
  return have?.[kind] === want[kind] ? [] : [{ field: kind, have: have?.[kind] ?? null, want: want[kind] }];
}

/** Waits, a minute at most, until the pair has a coordinator that accepts changes. */
export const waitForCoordinator: Script = sh`tries=0
until crmadmin -D -t 5 2>/dev/null | grep -q ': '; do
  tries=$((tries + 1))
  if [ $tries -ge 30 ]; then echo 'Pacemaker has no coordinator after a minute: are corosync and pacemaker running, and is there quorum?' >&2; exit 1; fi
  sleep 2
done`;

/**
 * Keeps resources, constraints, properties and defaults of a pair. All of it is put into a copy first, checked there
 * with `crm_verify`, and replaces the live configuration in one step: no resource ever runs without its constraints.
 */
export const pacemaker = operation<Configuration>({
  name: "pacemaker configuration",
  state: Configuration,
  key: () => "configuration",
  read: () => sh`cibadmin -Q -o configuration 2>/dev/null || true`,
  parse(output, wants) {
    const root = output.includes("<configuration") ? parseXml(output)[0] : undefined;
    if (root === undefined) return wants.map(() => undefined);
    const have: Configuration = {
      properties: values(root, "crm_config"),
      defaults: values(root, "rsc_defaults"),
      resources: section(root, "resources"),
      constraints: section(root, "constraints"),
    };
    return wants.map(() => have);
  },
  diff: (have, want) => [
    ...valueChanges("properties", have, want),
    ...valueChanges("defaults", have, want),
    ...sectionChange("resources", have, want),
    ...sectionChange("constraints", have, want),
  ],
  apply: (want) => [run(lines([waitForCoordinator, replace(want)]))],
});

const replace = (want: Configuration): Script => sh`set -e
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cibadmin -Q >"$copy/cib.xml"
(
  export CIB_file="$copy/cib.xml"
  cibadmin --modify --allow-create -o crm_config --xml-text ${valuesXml("crm_config", want.properties)}
  cibadmin --modify --allow-create -o rsc_defaults --xml-text ${valuesXml("rsc_defaults", want.defaults)}
  cibadmin --replace -o constraints --xml-text '<constraints/>'
  cibadmin --replace -o resources --xml-text ${want.resources}
  cibadmin --replace -o constraints --xml-text ${want.constraints}
  crm_verify -V -x "$CIB_file"
  cibadmin -Q -o configuration >"$copy/configuration.xml"
)
cibadmin --replace -o configuration --xml-file "$copy/configuration.xml"`;
