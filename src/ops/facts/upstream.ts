import type { Fact } from "../../core/fact.ts";
import { sh } from "../../core/shell.ts";
import { unreadable } from "./unreadable.ts";

/** Addresses of the web servers that a balancer's nginx is told to use. */
export const usedServers: Fact<readonly string[]> = {
  name: "used servers",
  script: sh`cat /etc/nginx/nginx.conf`,
  parse(output) {
    const servers = /^\s*upstream web \{\n([^}]*)\}/m.exec(output)?.[1];
    if (servers === undefined) throw unreadable("nginx.conf names no web servers.");
    return [...servers.matchAll(/^\s*server (\S+):80[ ;]/gm)].map(([, address = ""]) => address);
  },
};
