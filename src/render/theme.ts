import type { Condition } from "../core/drawing.ts";

/**
 * Colours of a picture. It brings its own background, so it is as readable in a dark chat as in a light one; the colours
 * with a meaning are those of Okabe and Ito, which people who see colours differently can tell apart, and none of them
 * stands alone: shape, pattern and word say the same.
 */
export interface Theme {
  readonly page: string;
  /** Of boxes on the page, and of boxes in these. */
  readonly panel: string;
  readonly card: string;
  readonly ink: string;
  /** Of what is less important; as readable. */
  readonly faint: string;
  readonly rule: string;
  readonly public: string;
  readonly vlan: string;
  /** Of a step that is done. */
  readonly bar: string;
  /** Ground of what a node has, and its text. */
  readonly badge: string;
  readonly onBadge: string;
  readonly conditions: Readonly<Record<Condition, ConditionColors>>;
  /** Of lines, one after the other. */
  readonly lines: readonly string[];
}

/** `fill` is that of the sign, `sign` what stands in it, `tint` the ground of the whole box. */
interface ConditionColors {
  readonly fill: string;
  readonly sign: string;
  readonly tint: string;
}

/** Slack's default is light, Discord's is dark. */
export const themes = {
  light: {
    page: "#ffffff",
    panel: "#f4f6f8",
    card: "#ffffff",
    ink: "#1b1f24",
    faint: "#525a66",
    rule: "#c3c9d1",
    public: "#0072b2",
    vlan: "#994f88",
    bar: "#c3e8dc",
    badge: "#0a4f7a",
    onBadge: "#ffffff",
    conditions: {
      fine: { fill: "#009e73", sign: "#ffffff", tint: "#ffffff" },
      degraded: { fill: "#e69f00", sign: "#1b1f24", tint: "#fff4db" },
      split: { fill: "#d55e00", sign: "#000000", tint: "#ffe6d6" },
      unknown: { fill: "#e4e7eb", sign: "#1b1f24", tint: "#eceff2" },
      down: { fill: "#1b1f24", sign: "#ffffff", tint: "#dde1e6" },
    },
    lines: ["#0072b2", "#d55e00", "#009e73", "#994f88"],
  },
  dark: {
    page: "#1c1f26",
    panel: "#262b34",
    card: "#313743",
    ink: "#f1f3f6",
    faint: "#b9c1cc",
    rule: "#566071",
    public: "#56b4e9",
    vlan: "#e0a3c4",
    bar: "#14614b",
    badge: "#9ad4f5",
    onBadge: "#11151b",
    conditions: {
      fine: { fill: "#2fc99b", sign: "#11151b", tint: "#313743" },
      degraded: { fill: "#f0b840", sign: "#11151b", tint: "#4a3d1c" },
      split: { fill: "#ff8a3d", sign: "#11151b", tint: "#57301a" },
      unknown: { fill: "#596373", sign: "#ffffff", tint: "#262b34" },
      down: { fill: "#f1f3f6", sign: "#11151b", tint: "#11151b" },
    },
    lines: ["#56b4e9", "#ff8a3d", "#2fc99b", "#e0a3c4"],
  },
} as const satisfies Record<string, Theme>;

export type ThemeName = keyof typeof themes;
