import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { waitForCoordinator, configuration, pacemaker } from "../../src/ops/pacemaker.ts";
import { dbCib } from "../../src/policy/db.ts";
import { lbCib } from "../../src/policy/lb.ts";
import { nfsCib } from "../../src/policy/nfs.ts";
import { aCluster, secrets } from "../fixtures/cluster.ts";
import { present, putBelow, renderedFiles, serviceStages, throwawayPem, validate } from "./rendered.ts";

const cluster = aCluster({ site: { domains: ["example.org"] } });
const folder = mkdtempSync(join(tmpdir(), "nonet-policy-"));
// Nagios reads its configuration as its own user.
chmodSync(folder, 0o755);
const nodes = ["lb1", "web1", "db1", "nfs1", "admin1"];
for (const name of nodes) putBelow(join(folder, name), renderedFiles(cluster, name));
afterAll(() => rmSync(folder, { recursive: true }));

const path = (name: string, file: string): string => join(folder, name, file);
const change = (file: string, changes: Record<string, string>): void => {
  let text = readFileSync(file, "utf8");
  for (const [from, to] of Object.entries(changes)) text = text.replaceAll(from, to);
  writeFileSync(file, text);
};

describe.each(nodes)("the files of %s", (name) => {
  test("are as they were", () => {
    const files = [...renderedFiles(cluster, name)].filter(([file]) => !/checks\/|db_writer|status\.php/.test(file));
    expect(files.map(([file, text]) => `=== ${file}\n${text}`).join("\n")).toMatchSnapshot();
  });

  test.runIf(present("shellcheck"))("are clean shell where they are shell", () => {
    for (const [file, text] of renderedFiles(cluster, name))
      if (text.startsWith("#!/bin/sh")) validate("shellcheck", [path(name, file)]);
  });

  test("hold no secret that everybody may read", () => {
    const known = [
      secrets.databasePassword,
      secrets.replicationPassword,
      secrets.monitorPassword,
      secrets.drbdSecret,
      secrets.site.key,
    ];
    const open = serviceStages(cluster, name).flatMap(({ items }) =>
      items.filter(({ want }) => "content" in want && typeof want.content === "string"),
    );
    for (const { want } of open)
      for (const secret of known) expect(JSON.stringify(want)).not.toContain(secret.reveal());
  });
});

test.runIf(present("nginx")).each(["lb1", "web1"])("nginx takes the configuration of %s", (name) => {
  const conf = path(name, "/etc/nginx/nginx.conf");
  writeFileSync(join(folder, "site.pem"), throwawayPem());
  change(conf, {
    "/etc/nginx/site.pem": join(folder, "site.pem"),
    "/run/nginx.pid": join(folder, "nginx.pid"),
    "/var/log/nginx": folder,
    "include fastcgi_params": "include /etc/nginx/fastcgi_params",
    "user www-data;\n": "",
  });
  expect(validate("nginx", ["-t", "-c", conf])).toContain("test is successful");
});

test.runIf(present("corosync")).each(["lb1", "db1", "nfs1"])("corosync takes the configuration of %s", (name) => {
  validate("corosync", ["-t"], { COROSYNC_MAIN_CONFIG_FILE: path(name, "/etc/corosync/corosync.conf") });
});

test.runIf(present("nagios4"))("Nagios takes every host and service without a warning", () => {
  const conf = path("admin1", "/etc/nagios4/nagios.cfg");
  change(conf, { "/etc/nagios4/": path("admin1", "/etc/nagios4/") });
  const said = validate("nagios4", ["-v", conf]);
  expect(said).toContain("Total Warnings: 0");
  expect(said).toContain("Checked 9 hosts");
});

test.runIf(present("mariadbd"))("MariaDB takes its settings", () => {
  const conf = path("db1", "/etc/mysql/mariadb.conf.d/90-nonet.cnf");
  const said = validate("mariadbd", [`--defaults-file=${conf}`, "--help", "--verbose"]);
  expect(said).toMatch(/^read-only +TRUE$/m);
  expect(said).toMatch(/^gtid-domain-id +1$/m);
  expect(said).not.toMatch(/unknown (variable|option)/);
});

test.runIf(present("drbdadm-84") && present("unshare") && process.getuid?.() === 0)("DRBD takes its resource", () => {
  const conf = join(folder, "drbd.conf");
  const etc = path("nfs1", "/etc/drbd.d");
  writeFileSync(conf, readFileSync(`${etc}/global_common.conf`, "utf8") + readFileSync(`${etc}/r0.res`, "utf8"));
  const script = 'hostname nfs1; ip link set lo up; ip addr add 10.10.0.31/24 dev lo; exec drbdadm-84 -c "$1" dump';
  expect(validate("unshare", ["-n", "-u", "sh", "-c", script, "sh", conf])).toContain(
    "address          ipv4 10.10.0.31:7788",
  );
});

test.runIf(present("php8.2"))("PHP takes the status page and its settings", () => {
  for (const file of ["/usr/share/nonet/status.php", "/etc/nonet/site.php"])
    validate("php8.2", ["-l", path("web1", file)]);
});

test.runIf(present("xmllint"))("the writer agent describes itself in XML", () => {
  const agent = path("db1", "/usr/lib/ocf/resource.d/nonet/db_writer");
  const [, xml = ""] = /<<'END'\n([\s\S]*?)\nEND\n/.exec(readFileSync(agent, "utf8")) ?? [];
  writeFileSync(join(folder, "agent.xml"), xml);
  validate("xmllint", ["--noout", join(folder, "agent.xml")]);
});

const pairs = [
  { role: "lb", cib: lbCib(cluster), last: "vip" },
  { role: "db", cib: dbCib(cluster), last: "vip" },
  { role: "nfs", cib: nfsCib(cluster), last: "drbd" },
];
describe.runIf(present("crm_verify") && present("crm_simulate")).each(pairs)(
  "the resources of $role",
  ({ role, cib, last }) => {
    const want = configuration(cib);
    const file = join(folder, `${role}.xml`);
    const read = () => pacemaker.parse(validate("sh", ["-c", pacemaker.read([want])], { CIB_file: file }), [want])[0];

    test("are put in place by one apply, and a second look finds nothing to do", () => {
      validate("sh", ["-c", `cibadmin --empty >"$CIB_file"`], { CIB_file: file });
      const nodesXml = `<nodes><node id="1" uname="${role}1"/><node id="2" uname="${role}2"/></nodes>`;
      validate("cibadmin", ["--replace", "-o", "nodes", "--xml-text", nodesXml], { CIB_file: file });
      validate("crm_attribute", ["-t", "crm_config", "-n", "dc-version", "-v", "2.1.5"], { CIB_file: file });
      const [action] = pacemaker.apply(want, pacemaker.diff(read(), want), read());
      if (action?.kind !== "run") throw new Error("expected a script");
      validate("sh", ["-c", action.script.replace(waitForCoordinator, "")], { CIB_file: file });
      expect(pacemaker.diff(read(), want)).toEqual([]);
      expect(readFileSync(file, "utf8")).toContain('name="dc-version"');
      expect(readFileSync(file, "utf8")).toContain(`uname="${role}2"`);
      validate("crm_verify", ["-V", "-x", file]);
    });

    test("start on the pair when it is quorate", () => {
      const said = validate("crm_simulate", ["-x", file, "-S", "-q", "true", "-u", `${role}1`, "-u", `${role}2`]);
      expect(said.slice(said.indexOf("Revised Cluster Status"))).toMatch(
        role === "nfs"
          ? new RegExp(`\\[${last}\\] \\(promotable\\)[^]*${role}1`)
          : /vip\s+\(ocf:heartbeat:IPaddr2\):\s+Started (lb|db)1/,
      );
    });
  },
);
