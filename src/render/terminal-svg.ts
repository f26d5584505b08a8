import { terminalFont } from "./font.ts";
import { escapeXml } from "./svg.ts";
import { columns } from "./width.ts";

const cell = { width: 9.03, height: 20, size: 15 };
const colors: Record<string, string> = {
  "31": "#ff6b6b",
  "32": "#5fd38d",
  "33": "#ffc857",
  "36": "#5cc8ff",
  "90": "#8a94a6",
};

/** What a terminal shows, as SVG: the same lines, colours and columns. */
export function terminalSvg(lines: readonly string[]): string {
  const width = Math.max(...lines.map(columns)) * cell.width + 48;
  const height = lines.length * cell.height + 48;
  const rows = lines.map((line, row) => {
    const y = row * cell.height + 38;
    return `<text y="${y}" xml:space="preserve">${spans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" rx="10" fill="#12161f"/>
<g font-family="${terminalFont.family}" font-size="${cell.size}" fill="#e6e9ef">${rows.join("\n")}</g>
</svg>`;
}

/** "Select graphic rendition": how terminals are told colours. */
const sgr = new RegExp(`(${String.fromCodePoint(27)}\\[\\d+m)`);

/** Text between SGR sequences, each at its own column so that no glyph's width can shift what follows. */
function spans(line: string): string {
  let fill = "";
  let weight = "";
  let column = 0;
  let out = "";
  for (const part of line.split(sgr)) {
    const code = sgr.test(part) ? part.slice(2, -1) : undefined;
    if (code === undefined) {
      if (part === "") continue;
      out += `<tspan x="${24 + column * cell.width}"${fill}${weight}>${escapeXml(part)}</tspan>`;
      column += columns(part);
    } else if (code === "1") weight = ' font-weight="bold"';
    else if (code === "22") weight = "";
    else fill = colors[code] === undefined ? "" : ` fill="${colors[code]}"`;
  }
  return out;
}
