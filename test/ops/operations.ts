import type { Operation } from "../../src/core/operation.ts";
import { apt } from "../../src/ops/apt.ts";
import { file } from "../../src/ops/file.ts";
import { hostname } from "../../src/ops/hostname.ts";
import { firewall } from "../../src/ops/iptables.ts";
import { network } from "../../src/ops/network.ts";
import { absent, directory } from "../../src/ops/paths.ts";
import { sshd } from "../../src/ops/sshd.ts";
import { unit } from "../../src/ops/systemd.ts";
import { user } from "../../src/ops/user.ts";

const plain = <S extends object>(operation: Operation<S>): Operation<object> =>
  operation as unknown as Operation<object>;

/** Operations by the name that cases use. */
export const operations: Readonly<Record<string, Operation<object>>> = {
  absent: plain(absent),
  apt: plain(apt),
  directory: plain(directory),
  file: plain(file),
  firewall: plain(firewall),
  hostname: plain(hostname),
  network: plain(network),
  sshd: plain(sshd),
  unit: plain(unit),
  user: plain(user),
};
