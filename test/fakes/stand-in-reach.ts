import { z } from "zod";
import type { Services } from "../../src/core/ports.ts";
import { OpsError } from "../../src/core/errors.ts";
import type { Patience, Target } from "../../src/core/target.ts";
import type { Reach } from "../../src/main/bot.ts";
import { WarmConnection } from "../../src/ssh/connection.ts";
import { broken } from "../../src/ssh/ending.ts";
import { Answer, toWire, type Question } from "./wire.ts";

const Knocks = z.record(z.string(), z.record(z.string(), z.enum(["open", "refused", "silent"])));

type Ask = (question: Question, patience: Patience) => Promise<unknown>;

/** Milliseconds until a stand-in must have answered; it does at once or never. */
const deadlineMs = 30_000;
const keep = 16 * 1024 * 1024;

/** The way to stand-in nodes (by the port of each): questions in JSON over the product's own SSH connections. */
export function standInReach(ports: Readonly<Record<string, number>>): Reach {
  return async (state, current) => {
    const { privateKey } = await state.vault.botKey();
    const connections = new Map<string, WarmConnection>();
    const clusterOf = async (name: string) => {
      const blueprint = await state.clusters.blueprint(name);
      const inventory = await state.clusters.inventory(name);
      if (blueprint === undefined || inventory === undefined) throw new Error(`there is no cluster ${name} yet`);
      return { blueprint, inventory };
    };
    const connectionTo = ({ name, hostKey }: { name: string; hostKey: string }): WarmConnection => {
      const known = connections.get(name);
      if (known !== undefined) return known;
      const door = { node: name, host: "127.0.0.1", port: ports[name] ?? 0, user: "root", key: privateKey, hostKey };
      const connection = new WarmConnection(door, [], () => {});
      connections.set(name, connection);
      return connection;
    };
    const fleet: Services["fleet"] = (cluster, node) =>
      standInTarget(node.name, asker(connectionTo(node)), () => clusterOf(cluster));
    const outside: Services["outside"] = {
      scan: async (targets, signal) => {
        const { clusters, scanFrom: from } = current();
        const [cluster] = clusters;
        const [connection] = connections.values();
        if (cluster === undefined || connection === undefined || from === null) return null;
        const plain = targets.map(({ address, ports: list }) => ({ address, ports: [...list] }));
        const question = { ask: "scan", from, targets: plain, cluster: await clusterOf(cluster.name) } as const;
        return Knocks.parse(await asker(connection)(question, { signal }));
      },
    };
    return { fleet, outside, close: () => connections.forEach((connection) => connection.close()) };
  };
}

function asker(connection: WarmConnection): Ask {
  return async (question, { signal, deadlineMs: own = deadlineMs }) => {
    const reads = question.ask !== "apply";
    const request = { script: "", stdin: toWire(question), keep, reads };
    const { ending, stdout } = await connection.run(request, { signal, deadlineMs: own });
    if (ending.kind !== "exit") {
      const state = reads ? "Nothing was changed." : "It may have been done in part.";
      throw broken(ending, { node: connection.node, doing: question.ask, state, output: "", secrets: [] });
    }
    const answer = Answer.parse(JSON.parse(stdout));
    if ("value" in answer) return answer.value;
    throw new OpsError({ node: connection.node, ...answer.failure });
  };
}

function standInTarget(
  node: string,
  ask: Ask,
  cluster: () => Promise<Extract<Question, { ask: "read" }>["cluster"]>,
): Target {
  return {
    node,
    async read(facts, patience) {
      const asked = facts.map(({ name, query }) => ({ name, query: query ?? null }));
      return (await ask({ ask: "read", facts: asked, cluster: await cluster() }, patience)) as never;
    },
    async check(items, patience) {
      const asked = items.map(({ operation, key }) => ({ operation: operation.name, key }));
      const states = z.array(z.record(z.string(), z.unknown()).nullable());
      const found = states.parse(await ask({ ask: "check", items: asked }, patience));
      return found.map((state) => state ?? undefined);
    },
    async apply(differences, { fence, ...patience }) {
      const asked = differences.map(({ item: { operation, key, want } }) => ({
        operation: operation.name,
        key,
        want: { ...want },
      }));
      await ask({ ask: "apply", differences: asked, fence }, patience);
    },
  };
}
