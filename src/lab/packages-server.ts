import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream/promises";

/** Serves the apt repository in the folder named on the command line, on port 80 of the namespace it runs in. */
const folder = process.argv[2] ?? "";
const prefix = "/debian/";

createServer((request, response) => {
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://router").pathname);
  const file = join(folder, normalize(path.slice(prefix.length - 1)));
  const send = async (): Promise<void> => {
    const found = await stat(file).catch(() => null);
    if (!path.startsWith(prefix) || found?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-length": found.size, "last-modified": found.mtime.toUTCString() });
    if (request.method === "HEAD") response.end();
    else await pipeline(createReadStream(file), response);
  };
  // A client that goes away in the middle is no concern of the others.
  send().catch(() => response.destroy());
}).listen(80);
