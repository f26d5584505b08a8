import type { Operation } from "../../src/core/operation.ts";
import { apt } from "../../src/ops/apt.ts";
import { file } from "../../src/ops/file.ts";
import { hostname } from "../../src/ops/hostname.ts";
import { firewall } from "../../src/ops/iptables.ts";
import { network } from "../../src/ops/network.ts";
import { absent, directory } from "../../src/ops/paths.ts";
import { sshd } from "../../src/ops/sshd.ts";
import { drbdResource, filesystem } from "../../src/ops/drbd.ts";
import { keyFile } from "../../src/ops/keyfile.ts";
import { database, databaseUser } from "../../src/ops/mariadb.ts";
import { nssDatabase } from "../../src/ops/nss.ts";
import { pacemaker } from "../../src/ops/pacemaker.ts";
import { replication } from "../../src/ops/replication.ts";
import { restart } from "../../src/ops/restart.ts";
import { statusRow } from "../../src/ops/statusrow.ts";
import { unit } from "../../src/ops/systemd.ts";
import { user } from "../../src/ops/user.ts";

/** Operations by the name that cases use. */
export const operations: Readonly<Record<string, Operation<object>>> = {
  absent,
  apt,
  directory,
  file,
  firewall,
  hostname,
  network,
  sshd,
  unit,
  user,
  restart,
  statusRow,
  replication,
  pacemaker,
  nssDatabase,
  databaseUser,
  database,
  keyFile,
  filesystem,
  drbdResource,
};
