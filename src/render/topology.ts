import type { Role } from "../core/cluster.ts";
import type { TopologyDrawing, TopologyFlow } from "../core/drawing.ts";
import { borderColor, borders, drawArrow, drawSign } from "./signs.ts";
import { Sheet } from "./svg.ts";
import {
  badgesOf,
  layoutTopology,
  lineHeight,
  titles,
  troubleLetters,
  verdictY,
  type Group,
  type TopologyLayout,
} from "./topology-layout.ts";
import type { Theme } from "./theme.ts";
import { flowWords, portWords } from "./topology-words.ts";
import { utcMoment } from "./scale.ts";

/** A cluster as SVG: who is where, how each stands, who has what, and who may reach whom. */
export function topologySvg(drawing: TopologyDrawing, theme: Theme): string {
  const layout = layoutTopology(drawing);
  const sheet = new Sheet();
  drawHeader(sheet, drawing, layout, theme);
  drawPlaces(sheet, drawing, layout, theme);
  drawPublic(sheet, drawing, layout, theme);
  for (const group of layout.groups) drawGroup(sheet, drawing, group, theme);
  drawTiers(sheet, drawing, layout, theme);
  return sheet.svg(layout.width, layout.height, theme.page);
}

function drawHeader(sheet: Sheet, drawing: TopologyDrawing, { width, verdict }: TopologyLayout, theme: Theme): void {
  sheet.text(20, 46, `Cluster ${drawing.cluster}`, { size: 26, weight: "bold", fill: theme.ink }, width - 240);
  sheet.text(width - 20, 44, utcMoment(drawing.at), { size: 15, fill: theme.faint, anchor: "end" });
  drawSign(sheet, drawing.condition, 34, verdictY - 6, theme);
  for (const [at, line] of verdict.entries()) {
    sheet.text(56, verdictY + at * lineHeight, line, { size: 16, fill: theme.ink });
  }
}

function drawPlaces(sheet: Sheet, { vlan }: TopologyDrawing, layout: TopologyLayout, theme: Theme): void {
  for (const { name, box } of layout.places) {
    sheet.rect(box, { rx: 12, fill: theme.panel, stroke: theme.rule, "stroke-width": 1.5 });
    sheet.text(box.x + 14, box.y + 24, `Data centre ${name}`, { size: 15, weight: "bold", fill: theme.faint }, 280);
  }
  const { x, y } = layout.vlan;
  sheet.rect(layout.vlan, { rx: 10, fill: "none", stroke: theme.vlan, "stroke-width": 2, "stroke-dasharray": "7 4" });
  sheet.text(x + 14, y + 24, `VLAN ${vlan}`, { size: 15, weight: "bold", fill: theme.vlan }, 220);
}

/** The internet, the public network, and what admin reaches over it. */
function drawPublic(sheet: Sheet, drawing: TopologyDrawing, layout: TopologyLayout, theme: Theme): void {
  const { internet, publicBar, groups, width } = layout;
  const line = { color: theme.public, dashed: false };
  const middle = internet.x + internet.width / 2;
  const admin = groups.find(({ role }) => role === "admin");
  if (admin === undefined) return;
  const adminY = admin.box.y + admin.box.height / 2 + 8;
  const adminRight = admin.box.x + admin.box.width;
  sheet.path(`M${middle} ${publicBar.y}H${publicBar.railX}V${adminY}`, {
    stroke: theme.public,
    "stroke-width": 5,
    "stroke-linejoin": "round",
  });
  sheet.rect(internet, { rx: 18, fill: theme.card, stroke: theme.public, "stroke-width": 2.5 });
  sheet.text(middle, internet.y + 24, "Internet", { size: 16, weight: "bold", fill: theme.ink, anchor: "middle" });
  sheet.text(width - 30, publicBar.y - 10, "public network", {
    size: 15,
    weight: "bold",
    fill: theme.public,
    anchor: "end",
  });
  const [lb] = groups;
  if (lb !== undefined) {
    drawArrow(
      sheet,
      [
        [middle, internet.y + internet.height],
        [middle, lb.box.y - 1],
      ],
      line,
    );
    sheet.text(middle + 12, lb.box.y - 12, portsOf(drawing, "internet", "lb"), {
      size: 15,
      weight: "bold",
      fill: theme.ink,
    });
  }
  drawTaps(sheet, drawing, layout, theme);
  drawArrow(
    sheet,
    [
      [publicBar.railX, adminY],
      [adminRight + 1, adminY],
    ],
    line,
  );
  const words = otherFlows(drawing);
  const room = publicBar.railX - adminRight - 40;
  for (const [at, text] of words.entries()) {
    const y = at === 0 ? adminY - 12 : adminY + 2 + at * 22;
    sheet.text(adminRight + 24, y, text, { size: 15, fill: theme.ink }, room);
  }
}

/** From the public network into each group; those that stand side by side are reached from below. */
function drawTaps(
  sheet: Sheet,
  { flows }: TopologyDrawing,
  { groups, publicBar: { railX }, vlan }: TopologyLayout,
  theme: Theme,
): void {
  const watched = groups.filter(({ role }) =>
    flows.some(({ from, to }) => from === "admin" && to === role && role !== "admin"),
  );
  const line = { color: theme.public, dashed: false };
  for (const { role, box } of watched) {
    const beside = groups.some((other) => other.role !== role && other.box.y === box.y);
    const right = box.x + box.width + 1;
    const y = box.y + box.height / 2;
    if (!beside)
      drawArrow(
        sheet,
        [
          [railX, y],
          [right, y],
        ],
        line,
      );
    else {
      const below = vlan.y + vlan.height - 14;
      const x = box.x + box.width / 2;
      drawArrow(
        sheet,
        [
          [railX, below],
          [x, below],
          [x, box.y + box.height + 1],
        ],
        line,
      );
    }
  }
}

function drawGroup(
  sheet: Sheet,
  { duties, flows }: TopologyDrawing,
  { role, box, nodes, troubles }: Group,
  theme: Theme,
): void {
  sheet.rect(box, { rx: 9, fill: theme.panel, stroke: theme.rule, "stroke-width": 1.5 });
  sheet.text(box.x + 12, box.y + 22, titles[role], { size: 15, weight: "bold", fill: theme.ink });
  const peers = portWords(flows.filter(({ from, to }) => from === role && to === role));
  if (peers !== "") {
    sheet.text(
      box.x + box.width - 12,
      box.y + 22,
      `↔ ${peers}`,
      { size: 14, fill: theme.faint, anchor: "end" },
      box.width - 130,
    );
  }
  for (const [at, line] of troubles.entries()) {
    sheet.text(box.x + 12, box.y + 43 + at * 21, line, { size: troubleLetters, fill: theme.ink }, box.width - 24);
  }
  for (const { node, box: at } of nodes) {
    const { condition, name } = node;
    const { tint } = theme.conditions[condition];
    sheet.rect(at, { rx: 7, fill: tint, stroke: borderColor(condition, theme), ...borders[condition] });
    drawSign(sheet, condition, at.x + 23, at.y + 31, theme);
    sheet.text(at.x + 46, at.y + 28, name, { size: 17, weight: "bold", fill: theme.ink }, at.width - 54);
    sheet.text(at.x + 46, at.y + 48, condition, { size: 15, fill: theme.ink }, at.width - 54);
    for (const [index, duty] of badgesOf(node, duties).entries()) {
      const badge = { x: at.x + 8, y: at.y + 61 + index * 26, width: at.width - 16, height: 22 };
      const { fill, sign } =
        duty.condition === "fine" ? { fill: theme.badge, sign: theme.onBadge } : theme.conditions[duty.condition];
      sheet.rect(badge, { rx: 11, fill });
      sheet.text(
        badge.x + badge.width / 2,
        badge.y + 16,
        duty.condition === "unknown" ? `${duty.badge} ?` : duty.badge,
        { size: 14, weight: "bold", fill: sign, anchor: "middle" },
        badge.width - 10,
      );
    }
  }
}

/** From each tier to the one below, over the VLAN. */
function drawTiers(sheet: Sheet, drawing: TopologyDrawing, { groups }: TopologyLayout, theme: Theme): void {
  for (const { from, to, network } of drawing.flows) {
    const [upper, lower] = [groups.find(({ role }) => role === from), groups.find(({ role }) => role === to)];
    if (upper === undefined || lower === undefined || !isTier({ from, to })) continue;
    const x = lower.box.x + lower.box.width / 2;
    const start = Math.min(Math.max(x, upper.box.x + 40), upper.box.x + upper.box.width - 40);
    const [top, bottom] = [upper.box.y + upper.box.height, lower.box.y];
    const bend = top + 16;
    const line = { color: theme[network], dashed: network === "vlan" };
    drawArrow(
      sheet,
      start === x
        ? [
            [x, top],
            [x, bottom - 1],
          ]
        : [
            [start, top],
            [start, bend],
            [x, bend],
            [x, bottom - 1],
          ],
      line,
    );
    sheet.text(x + 12, bottom - 10, portsOf(drawing, from, to), { size: 15, weight: "bold", fill: theme.ink });
  }
}

/** From a role to one of the next row. */
const isTier = ({ from, to }: Pick<TopologyFlow, "from" | "to">): boolean =>
  (from === "lb" && to === "web") || (from === "web" && (to === "db" || to === "nfs"));

const portsOf = ({ flows }: TopologyDrawing, from: TopologyFlow["from"], to: Role): string =>
  portWords(flows.filter((flow) => flow.from === from && flow.to === to));

/** All flows that are no arrow of their own. */
const otherFlows = ({ flows }: TopologyDrawing): string[] =>
  flowWords(flows.filter((flow) => flow.from !== "internet" && !isTier(flow)));
