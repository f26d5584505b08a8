import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** What Nagios thinks of one host or service. */
export interface NagiosCheck {
  /** `db1` or `db1 replication`. */
  readonly name: string;
  /** Checked at least once since it was configured. */
  readonly checked: boolean;
  readonly ok: boolean;
  /** The plugin's first line. */
  readonly says: string;
  /** When it came to be as it is, seconds since 1970; 0 when it never was otherwise. */
  readonly since: number;
}

/** All hosts and services in Nagios's status file; empty when Nagios has not written one. */
export const nagiosChecks: Fact<readonly NagiosCheck[]> = {
  name: "nagios checks",
  script: sh`cat /var/lib/nagios4/status.dat 2>/dev/null || true; echo complete`,
  parse(output) {
    if (!output.endsWith("complete\n")) throw unreadable("Nagios's status file was cut off.");
    const blocks = output.matchAll(/^(?:hoststatus|servicestatus) \{\n([\s\S]*?)^\s*\}/gm);
    return [...blocks].map(([, body = ""]) => {
      const field = (name: string) => new RegExp(`^\\s*${name}=(.*)$`, "m").exec(body)?.[1] ?? "";
      const service = field("service_description");
      return {
        name: [field("host_name"), service].filter(Boolean).join(" "),
        checked: field("has_been_checked") === "1",
        ok: field("current_state") === "0",
        says: field("plugin_output"),
        since: Number(field("last_state_change")) || 0,
      };
    });
  },
};
