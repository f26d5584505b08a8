import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { altOf, pngOf, svgOf } from "../../src/render/draw.ts";
import { drawings } from "../render/samples.ts";
import { repository } from "./page-files.ts";

// `npm run docs:drawings`: a picture of each kind for docs/pictures.md, from what real nodes once told.
const folder = join(repository, "docs/pictures");
await mkdir(folder, { recursive: true });
for (const [name, drawing] of Object.entries(drawings)) {
  await writeFile(join(folder, `${name}.png`), await pngOf(svgOf(drawing)));
  console.log(`${name}: ${altOf(drawing)}`);
}
