import { linodeCloud } from "../../src/cloud/linode.ts";
import type { Cloud, CloudContext, NodeSpec } from "../../src/core/cloud.ts";
import { OpsError } from "../../src/core/errors.ts";
import { Secret } from "../../src/core/secret.ts";
import { publicKey, token } from "../lab-api/harness.ts";
import type { Bench } from "../lab-api/harness.ts";

/** A context that remembers what was said, and can be aborted. */
export interface TestContext extends CloudContext {
  readonly said: string[];
  readonly controller: AbortController;
}

export function testContext(): TestContext {
  const controller = new AbortController();
  const said: string[] = [];
  return { controller, signal: controller.signal, said, say: (sentence) => said.push(sentence) };
}

export function cloudOn(bench: Bench, withToken: string | null = token): Cloud {
  const secret = withToken === null ? null : new Secret(withToken);
  return linodeCloud({ token: secret, baseUrl: bench.url, pollMs: 1, jobMs: 10_000 });
}

export const webSpec: NodeSpec = {
  label: "demo-web1",
  region: "us-ord",
  type: "g6-standard-1",
  image: "linode/debian12",
  tags: ["nonet:demo", "nonet-role:web"],
  authorizedKeys: [publicKey],
  userData: "#cloud-config\nhostname: web1\n",
  vlan: { label: "demo", ipamAddress: "10.10.0.21/24" },
  dataDiskMb: null,
  placementGroup: null,
};

export const dbSpec: NodeSpec = { ...webSpec, label: "demo-db1", dataDiskMb: 10_240 };

/** The `OpsError` that a call ends with; throws when it ends otherwise. */
export async function failure(call: Promise<unknown>): Promise<OpsError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof OpsError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}
