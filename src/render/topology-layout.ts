import type { Role } from "../core/cluster.ts";
import type { Duty, TopologyDrawing, TopologyNode } from "../core/drawing.ts";
import { wrapTo, type Box } from "./svg.ts";
import { dutyWords } from "./topology-words.ts";

/** Where everything of a cluster's picture is. */
export interface TopologyLayout {
  readonly width: number;
  readonly height: number;
  /** The verdict's lines; the first one's baseline is at `verdictY`. */
  readonly verdict: readonly string[];
  readonly internet: Box;
  /** The public network: a bar below the internet, then down beside everything to the admin node. */
  readonly publicBar: { readonly y: number; readonly railX: number };
  /** Data centres with their names; the second one is admin's. */
  readonly places: readonly { readonly name: string; readonly box: Box }[];
  readonly vlan: Box;
  readonly groups: readonly Group[];
}

/** The nodes of one role. */
export interface Group {
  readonly role: Role;
  readonly box: Box;
  readonly nodes: readonly { readonly node: TopologyNode; readonly box: Box }[];
  /** What is wrong with what one of them is to have, or not known: lines below the title. */
  readonly troubles: readonly string[];
}

/** Narrow, so that letters stay readable on a phone. */
const width = 760;
const edge = 20;
export const verdictY = 84;
export const lineHeight = 22;
const card = { width: 138, height: 62, gap: 14, badge: 26 };
const perRow = 4;
const group = { padding: 10, title: 32, trouble: 21, between: 16 };
/** Between two rows, where the arrows are. */
const rowGap = 48;
export const troubleLetters = 15;

/** What a node says it has. */
export const badgesOf = (node: TopologyNode, duties: readonly Duty[]): Duty[] =>
  duties.filter(({ role, holders }) => role === node.role && holders.includes(node.name));

/** Computes it; takes as many rows as there are nodes for. */
export function layoutTopology(drawing: TopologyDrawing): TopologyLayout {
  const verdict = wrapTo(drawing.verdict, width - 2 * edge - 34, 16, 4);
  const top = verdictY + (verdict.length - 1) * lineHeight + 22;
  const vlanX = edge + 14;
  const middle = vlanX + vlanWidth / 2;
  const internet = { x: middle - 65, y: top, width: 130, height: 36 };
  const barY = top + 62;
  const siteY = barY + 28;
  const vlanY = siteY + 36;
  const rows: Role[][] = [["lb"], ["web"], ["db", "nfs"]];
  const groups: Group[] = [];
  let y = vlanY + 34;
  for (const row of rows) {
    const shells = row.map((role) => groupAt(drawing, role));
    const total = shells.reduce((sum, { box }) => sum + box.width, 0) + group.between * (row.length - 1);
    const height = Math.max(...shells.map(({ box }) => box.height));
    let x = middle - total / 2;
    for (const shell of shells) {
      groups.push(moved(shell, x, y, height));
      x += shell.box.width + group.between;
    }
    y += height + rowGap;
  }
  const vlan = { x: vlanX, y: vlanY, width: vlanWidth, height: y - rowGap + 36 - vlanY };
  const site = { x: edge, y: siteY, width: width - 2 * edge, height: vlan.y + vlan.height + 14 - siteY };
  const adminY = site.y + site.height + 18;
  const shell = groupAt(drawing, "admin");
  groups.push(moved(shell, vlanX, adminY + 34, shell.box.height));
  const adminSite = { x: edge, y: adminY, width: width - 2 * edge, height: shell.box.height + 48 };
  return {
    width,
    height: adminSite.y + adminSite.height + edge,
    verdict,
    internet,
    publicBar: { y: barY, railX: vlanX + vlanWidth + 21 },
    places: [
      { name: placesOf(drawing, (role) => role !== "admin"), box: site },
      { name: placesOf(drawing, (role) => role === "admin"), box: adminSite },
    ],
    vlan,
    groups,
  };
}

const pairWidth = 2 * card.width + card.gap + 2 * group.padding;
const vlanWidth = 2 * pairWidth + group.between + 28;

/** Data centres of roles, without repetition. */
const placesOf = ({ nodes }: TopologyDrawing, is: (role: Role) => boolean): string =>
  [...new Set(nodes.flatMap(({ role, place }) => (is(role) ? [place] : [])))].join(", ");

/** A role's nodes around 0, 0. */
function groupAt({ nodes, duties }: TopologyDrawing, role: Role): Group {
  const own = nodes.filter((node) => node.role === role);
  const columns = Math.max(1, Math.min(perRow, own.length));
  const least = role === "admin" ? 0 : pairWidth;
  const width = Math.max(columns * (card.width + card.gap) - card.gap + 2 * group.padding, least);
  const troubles = troublesOf(duties.filter((duty) => duty.role === role)).flatMap((says) =>
    wrapTo(says, width - 24, troubleLetters, 2),
  );
  const badges = Math.max(0, ...own.map((node) => badgesOf(node, duties).length));
  const height = card.height + badges * card.badge;
  const top = group.title + troubles.length * group.trouble;
  const lines = Math.max(1, Math.ceil(own.length / perRow));
  return {
    role,
    troubles,
    box: {
      x: 0,
      y: 0,
      width,
      height: top + lines * (height + card.gap) - card.gap + group.padding,
    },
    nodes: own.map((node, at) => ({
      node,
      box: {
        x: group.padding + (at % perRow) * (card.width + card.gap),
        y: top + Math.floor(at / perRow) * (height + card.gap),
        width: card.width,
        height,
      },
    })),
  };
}

/** Without repetition: what keeps one from being told often keeps others as well. */
function troublesOf(duties: readonly Duty[]): string[] {
  const wrong = duties.filter(({ condition, holders }) => condition !== "fine" || holders.length !== 1);
  return [
    ...new Set(wrong.map((duty) => (duty.holders.length === 0 || duty.says === "" ? dutyWords(duty) : duty.says))),
  ];
}

function moved(shell: Group, x: number, y: number, height: number): Group {
  const move = (box: Box): Box => ({ ...box, x: box.x + x, y: box.y + y });
  return {
    ...shell,
    box: { ...move(shell.box), height },
    nodes: shell.nodes.map(({ node, box }) => ({ node, box: move(box) })),
  };
}

/** Roles in the order people list them, with what their groups are called. */
export const titles: Readonly<Record<Role, string>> = {
  lb: "Balancers",
  web: "Web servers",
  db: "Databases",
  nfs: "Storage",
  admin: "Admin",
};
