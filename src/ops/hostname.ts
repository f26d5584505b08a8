import { z } from "zod";
import { operation } from "../core/operation.ts";
import { run, sh } from "../core/shell.ts";

const Hostname = z.strictObject({ running: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/), atBoot: z.string() });

/** The name of the node: the one the kernel has, and the one it gets at boot. */
export const hostname = operation<z.infer<typeof Hostname>>({
  name: "hostname",
  state: Hostname,
  key: () => "hostname",
  read: () => sh`uname -n; cat /etc/hostname 2>/dev/null || true`,
  parse(output, wants) {
    const [running = "", atBoot = ""] = output.trim().split("\n");
    return wants.map(() => ({ running, atBoot }));
  },
  apply: ({ running, atBoot }) => [
    { kind: "write", path: "/etc/hostname", content: `${atBoot}\n`, mode: "0644", owner: "root", group: "root" },
    run(sh`hostname -- ${running}`),
  ],
});
