import { createHash } from "node:crypto";
import type { Drawing } from "../core/drawing.ts";
import { canonicalJson } from "../core/json.ts";
import { pngOf, svgOf } from "../render/draw.ts";
import type { ThemeName } from "../render/theme.ts";

/** A file to be sent along. */
export interface ChatFile {
  readonly name: string;
  readonly data: Buffer;
  readonly contentType: string;
}

/** Of the 10 MiB that Discord takes; a picture of a cluster has some hundred KiB. */
const mostBytes = 8 * 1024 * 1024;
/** What a picture is called; its message refers to it by that. */
export const pictureName = "picture.png";

/** The same for drawings that look the same: what was drawn or sent once is not drawn again. */
export const drawingHash = (drawing: Drawing): string =>
  createHash("sha256").update(canonicalJson(drawing)).digest("hex");

/** Draws a picture; `null` for one that is too large. */
export async function pictureFile(drawing: Drawing, theme: ThemeName): Promise<ChatFile | null> {
  const data = await pngOf(svgOf(drawing, theme));
  return data.length > mostBytes ? null : { name: pictureName, data, contentType: "image/png" };
}

/** Long output as a file: its end when it is too long. */
export function textFile(text: string): ChatFile {
  const data = Buffer.from(text);
  return { name: "output.txt", data: data.subarray(Math.max(0, data.length - mostBytes)), contentType: "text/plain" };
}
