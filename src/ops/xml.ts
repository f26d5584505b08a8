import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** An XML element without text, which is all a Pacemaker configuration consists of. */
export interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Element[];
}

/** Makes an element; attributes that are `undefined` are left out. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, string | undefined>>,
  children: readonly Element[] = [],
): Element {
  const given = Object.entries(attributes).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { tag, attributes: Object.fromEntries(given), children };
}

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: "",
  parseAttributeValue: false,
});
const Raw = z.array(z.record(z.string(), z.unknown()));

/** Reads elements; text between them is dropped. @throws Error when it is not XML. */
export function parseXml(xml: string): Element[] {
  return convert(parser.parse(xml, true));
}

function convert(nodes: unknown): Element[] {
  return Raw.parse(nodes).flatMap((node) => {
    const tag = Object.keys(node).find((name) => name !== ":@");
    if (tag === undefined || tag.startsWith("#") || tag.startsWith("?")) return [];
    const attributes = z.record(z.string(), z.string()).parse(node[":@"] ?? {});
    return [{ tag, attributes, children: convert(node[tag]) }];
  });
}

/** Elements whose children have no order of their own. */
const unordered = new Set([
  "instance_attributes",
  "meta_attributes",
  "operations",
  "cluster_property_set",
  "constraints",
]);

const escaped = (value: string): string =>
  value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

const rank = (name: string): string => (name === "id" ? "" : name);

/** The same text for the same configuration: attributes sorted, `id` first, children without an order sorted too. */
export function canonicalXml(root: Element, indent = ""): string {
  const attributes = Object.entries(root.attributes)
    .toSorted(([a], [b]) => (rank(a) < rank(b) ? -1 : 1))
    .map(([name, value]) => ` ${name}="${escaped(value)}"`)
    .join("");
  const children = root.children.map((child) => canonicalXml(child, `${indent}  `));
  if (children.length === 0) return `${indent}<${root.tag}${attributes}/>`;
  const inside = (unordered.has(root.tag) ? children.toSorted() : children).join("\n");
  return `${indent}<${root.tag}${attributes}>\n${inside}\n${indent}</${root.tag}>`;
}
