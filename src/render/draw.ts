import { renderAsync } from "@resvg/resvg-js";
import type { Drawing } from "../core/drawing.ts";
import { drawingFont } from "./font.ts";
import { lagSvg } from "./lag.ts";
import { lagWords } from "./lag-words.ts";
import { clipWords } from "./svg.ts";
import { themes, type ThemeName } from "./theme.ts";
import { timelineSvg } from "./timeline.ts";
import { timelineWords } from "./timeline-words.ts";
import { topologySvg } from "./topology.ts";
import { topologyWords } from "./topology-words.ts";

/** Discord takes 1,024 characters to describe a picture, Slack 2,000. */
export const mostAlt = 1000;

/** What a drawing shows, as SVG on its own ground. */
export function svgOf(drawing: Drawing, theme: ThemeName = "light"): string {
  switch (drawing.kind) {
    case "topology":
      return topologySvg(drawing, themes[theme]);
    case "lag":
      return lagSvg(drawing, themes[theme]);
    case "timeline":
      return timelineSvg(drawing, themes[theme]);
  }
}

/** The same in words, what matters most first; at most `mostAlt` UTF-16 units on one line. */
export function altOf(drawing: Drawing): string {
  return clipWords(wordsOf(drawing).join(" "), mostAlt);
}

function wordsOf(drawing: Drawing): string[] {
  switch (drawing.kind) {
    case "topology":
      return topologyWords(drawing);
    case "lag":
      return lagWords(drawing);
    case "timeline":
      return timelineWords(drawing);
  }
}

/** SVG to PNG at double resolution, beside the event loop. */
export async function pngOf(svg: string, { family, files } = drawingFont): Promise<Buffer> {
  const font = { fontFiles: [...files], loadSystemFonts: false, defaultFontFamily: family };
  return (await renderAsync(svg, { font, fitTo: { mode: "zoom", value: 2 } })).asPng();
}
