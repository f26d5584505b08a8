import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { visit } from "../bench/visitors.ts";

it("visitors come at a steady pace, over new connections, and count what is no whole page", async () => {
  const enough = Promise.withResolvers<void>();
  let [requests, connections] = [0, 0];
  const server = createServer((_request, response) => {
    requests += 1;
    if (requests === 30) enough.resolve();
    if (requests === 3) response.writeHead(502).end();
    else if (requests === 5) response.writeHead(200, { "Content-Length": 9 }).write("half", () => response.destroy());
    else response.end("page");
  });
  server.on("connection", () => (connections += 1));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const end = visit([`http://127.0.0.1:${port}/`], 200);
  await enough.promise;
  const visits = await end();
  server.close();
  expect(visits.requests).toBe(requests);
  expect(connections).toBe(requests);
  expect(visits.failures).toMatchObject({ "status 502": 1 });
  expect(Object.values(visits.failures)).toEqual([1, 1]);
});
