import type { Card } from "../core/card.ts";

/** A file to be sent along. */
export interface ChatFile {
  readonly name: string;
  readonly data: Buffer;
  readonly contentType: string;
}

/** Of the 10 MiB that Discord takes; a picture of a terminal has some hundred KiB. */
const mostBytes = 8 * 1024 * 1024;
/** What every PNG begins with. */
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** A picture as a file; `null` for what is none, or too large. */
export function pictureFile({ png }: NonNullable<Card["picture"]>): ChatFile | null {
  if (png.length > (mostBytes / 3) * 4) return null;
  const data = Buffer.from(png, "base64");
  return data.subarray(0, signature.length).equals(signature)
    ? { name: "picture.png", data, contentType: "image/png" }
    : null;
}

/** Long output as a file: its end when it is too long. */
export function textFile(text: string): ChatFile {
  const data = Buffer.from(text);
  return { name: "output.txt", data: data.subarray(Math.max(0, data.length - mostBytes)), contentType: "text/plain" };
}
