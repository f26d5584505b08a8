import { expect, test } from "vitest";
import { drbdState } from "../../src/ops/facts/drbd.ts";
import { pairStatus } from "../../src/ops/facts/pair.ts";
import { waitingForAddress, waitingForDrbd, waitingForPair } from "../../src/policy/ready.ts";
import { aCluster } from "../fixtures/cluster.ts";

const resource = (id: string, role: string, node: string, active = "true") =>
  `<resource id="${id}" role="${role}" active="${active}" failed="false">${node && `<node name="${node}" id="1" cached="true"/>`}</resource>`;
/** As `crm_mon -1 --output-as=xml` of Pacemaker 2.1.5 prints it, shortened. */
const crmMon = ({
  quorum = "true",
  db2 = "true",
  vip = "db1",
  failure = "",
}) => `<pacemaker-result api-version="2.25" request="crm_mon -1 --output-as=xml">
  <summary><current_dc present="true" name="db1" id="1" with_quorum="${quorum}"/><cluster_options stonith-enabled="false"/></summary>
  <nodes><node name="db1" id="1" online="true"/><node name="db2" id="2" online="${db2}"/></nodes>
  <resources>
    <clone id="mariadb-clone">${resource("mariadb", "Started", "db1")}${resource("mariadb", "Started", "db2")}</clone>
    <group id="writer">${resource("db_writer", "Started", "db1")}${resource("vip", vip ? "Started" : "Stopped", vip, String(vip !== ""))}</group>
  </resources>
  <node_history><node name="db1"><resource_history id="vip"/></node></node_history>
  <failures>${failure}</failures>
  <status code="0" message="OK"/>
</pacemaker-result>`;
const cluster = aCluster();
const failure = '<failure op_key="db_writer_start_0" node="db1" exitstatus="error" status="complete"/>';

test("a pair that serves is ready", () => {
  const status = pairStatus.parse(crmMon({ failure }));
  expect(status.running["mariadb"]).toEqual([
    { node: "db1", role: "Started" },
    { node: "db2", role: "Started" },
  ]);
  expect(waitingForPair(cluster, "db", status)).toBeUndefined();
  expect(waitingForAddress(status)).toBeUndefined();
});

test("a pair says what it waits for", () => {
  expect(waitingForPair(cluster, "db", pairStatus.parse(crmMon({ db2: "false" })))).toBe("db2 not in the pair yet");
  expect(waitingForPair(cluster, "db", pairStatus.parse(crmMon({ quorum: "false" })))).toContain("no quorum");
  expect(waitingForAddress(pairStatus.parse(crmMon({ vip: "" })))).toBe("the floating address is not up yet");
  expect(waitingForAddress(pairStatus.parse(crmMon({ vip: "", failure })))).toBe(
    "db_writer did not start on db1 (error)",
  );
});

test("a node that Pacemaker does not know is not online", () => {
  const alone = crmMon({}).replace(/<node name="db2" id="2" online="true"\/>/, "");
  expect(waitingForPair(cluster, "db", pairStatus.parse(alone))).toBe("db2 not in the pair yet");
});

test("a Pacemaker that has just started has nobody online", () => {
  const young =
    '<pacemaker-result api-version="2.25"><pacemakerd state="running"/><status code="0" message="OK"/></pacemaker-result>';
  expect(waitingForPair(cluster, "db", pairStatus.parse(young))).toBe("db1 and db2 not in the pair yet");
});

test("anything but a status is refused", () => {
  expect(() => pairStatus.parse("<html/>")).toThrow("crm_mon");
});

test("disks are ready once they are connected, synchronised or not", () => {
  const parse = (line: string) => drbdState.parse(`version: 8.4.11\n${line}    ns:0 nr:0 oos:0\ncomplete\n`);
  expect(waitingForDrbd(parse(" 0: cs:Connected ro:Secondary/Secondary ds:Inconsistent/Inconsistent C\n"))).toBe(
    undefined,
  );
  expect(waitingForDrbd(parse(" 0: cs:WFConnection ro:Secondary/Unknown ds:Inconsistent/DUnknown C\n"))).toBe(
    "DRBD is WFConnection",
  );
  expect(waitingForDrbd(parse(""))).toBe("DRBD is not up");
});
