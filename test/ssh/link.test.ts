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
      // Passes everything on until the host loses its power: from then on nothing is answered, not even the goodbye.
      const cable = createServer({ allowHalfOpen: true }, (socket) => {
        const host = connect({ port: sshd.port, host: "127.0.0.1" });
        socket.pipe(host, { end: false });
        host.pipe(socket, { end: false });
        cable.once("power cut", () => socket.unpipe().pause());
      });
      await once(cable.listen(0, "127.0.0.1"), "listening");
      const { port } = cable.address() as AddressInfo;
      const { user, key, hostKey } = sshd;
      const door = { node: "web1", host: "127.0.0.1", port, user, key, hostKey };
      const link = await openLink(door, new AbortController().signal);
      cable.emit("power cut");
      link.close();
      if (!link.gone.aborted) await once(link.gone, "abort");
      expect(link.gone.aborted).toBe(true);
      cable.close();
    });
  },
);
