import { OpsError } from "../core/errors.ts";
import type { RunView } from "../core/journal.ts";
import type { Json } from "../core/json.ts";
import type { Place } from "../core/mouth.ts";
import type { Playbook } from "../core/playbook.ts";
import type { Runs } from "./runs.ts";

/** How runs are started. */
export interface Starts {
  /**
   * Starts a run, or joins the unfinished one that changes the same cluster with the same playbook and input. One that
   * changes a cluster waits in line until those before it have ended and no person locks the cluster. `places` are shown
   * its card from then on.
   * @throws OpsError `bad_input`.
   */
  start<I extends object>(
    playbook: Playbook<I>,
    input: I,
    actor: string,
    places?: readonly Place[],
  ): Promise<{ readonly runId: string; readonly joined: boolean }>;
  /**
   * Starts what a run was started for once more; `link` says that it carries that run on.
   * @throws OpsError `no_such_playbook` or `bad_input` when this Nonet no longer knows such runs.
   */
  again(
    view: RunView,
    actor: string,
    link: boolean,
    places?: readonly Place[],
  ): Promise<{ readonly runId: string; readonly joined: boolean }>;
}

/** Starts runs of these playbooks. */
export function starts(runs: Runs, playbooks: readonly Playbook[]): Starts {
  return {
    start: (playbook, input, actor, places = []) => admit(runs, playbook, { input, places }, { actor, resumes: null }),
    again: async (view, actor, link, places = []) => {
      const playbook = playbooks.find(({ name }) => name === view.playbook);
      if (playbook === undefined) throw noSuchPlaybook(view.playbook);
      return admit(runs, playbook, { input: view.input, places }, { actor, resumes: link ? view.id : null });
    },
  };
}

async function admit<I extends object>(
  runs: Runs,
  playbook: Playbook<I>,
  { input, places }: { readonly input: unknown; readonly places: readonly Place[] },
  by: { readonly actor: string; readonly resumes: string | null },
) {
  const parsed = playbook.input.safeParse(input);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".") || "input"}: ${message}`);
    throw new OpsError({ code: "bad_input", message: `${problems.join("; ")}.` });
  }
  const { name, version, risk } = playbook;
  const plain: Json = JSON.parse(JSON.stringify(parsed.data));
  const cluster = playbook.cluster(parsed.data);
  const { id, joined } = await runs.admit({ playbook: name, version, risk, cluster, input: plain, ...by }, places);
  return { runId: id, joined };
}

function noSuchPlaybook(name: string): OpsError {
  return new OpsError({
    code: "no_such_playbook",
    message: `This Nonet has no playbook ${name} any more.`,
    state: "Nothing was started.",
    hint: "/help lists what there is.",
  });
}
