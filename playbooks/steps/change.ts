import type { Cluster, Node } from "../../src/core/cluster.ts";
import { converge, type Stage } from "../../src/core/converge.ts";
import type { Run } from "../../src/core/playbook.ts";
import { counted } from "../../src/core/words.ts";

/** Ten minutes: the longest single thing is the installation of packages on a slow mirror. */
const deadlineMs = 600_000;

/** What a step that changes a node does. */
interface ChangeStep {
  readonly name: string;
  readonly title: string;
  readonly stages: readonly Stage[];
  /** What belongs to the same step once the node is as wanted. */
  readonly atEnd?: () => Promise<void>;
}

/** A step that brings a node to these stages. Returns how many things were looked at, and how many were changed. */
export function changeStep(
  run: Run,
  cluster: Cluster,
  node: Node,
  { name, title, stages, atEnd }: ChangeStep,
): Promise<{ readonly checked: number; readonly changed: number }> {
  return run.step({ name, title, node: node.name }, async ({ signal, steady }) => {
    const target = run.services.fleet(cluster.blueprint.name, node);
    const { checked, changed } = await converge(target, stages, { signal, steady, deadlineMs });
    await atEnd?.();
    const what = [...new Set(changed.map(({ item }) => item.operation.name))].join(", ");
    const sentence =
      changed.length === 0
        ? `As wanted: ${counted(checked, "thing")}.`
        : `${changed.length} of ${checked} changed: ${what}.`;
    return { sentence, changed: changed.length, value: { checked, changed: changed.length } };
  });
}
