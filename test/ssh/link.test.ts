import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLink } from "../../src/ssh/link.ts";
import { createSshd, noSshd, type Sshd } from "./sshd.ts";

describe.skipIf(noSshd !== undefined)(
  `a link to a host that falls silent${noSshd === undefined ? "" : ` (${noSshd})`}`,
  () => {
    let sshd: Sshd;
    beforeAll(async () => {
      sshd = await createSshd();
      await sshd.start();
    });
    afterAll(() => sshd.remove());

    test("closes by itself, so that it never keeps the process from ending", async () => {
      const destroyed = Promise.withResolvers<void>();
      // Passes everything on until the host loses its power: from then on nothing is answered, not even the goodbye.
      const cable = createServer({ allowHalfOpen: true }, (socket) => {
        const host = connect({ port: sshd.port, host: "127.0.0.1" });
        socket.pipe(host, { end: false });
        host.pipe(socket, { end: false });
        cable.once("power cut", () => {
          host.unpipe();
          socket.unpipe().resume();
          // What is sent is refused once the other side has destroyed its socket, and not while it only said goodbye.
          const probe = setInterval(() => socket.write("?"), 100);
          socket.on("error", () => {
            clearInterval(probe);
            destroyed.resolve();
          });
        });
      });
      await once(cable.listen(0, "127.0.0.1"), "listening");
      const { port } = cable.address() as AddressInfo;
      const { user, key, hostKey } = sshd;
      const door = { node: "web1", host: "127.0.0.1", port, user, key, hostKey };
      const link = await openLink(door, new AbortController().signal);
      cable.emit("power cut");
      link.close();
      await destroyed.promise;
      expect(link.gone.aborted).toBe(true);
      cable.close();
    });
  },
);
