import { createHash } from "node:crypto";
import type { Card } from "../../core/card.ts";
import type { Caller } from "../../core/caller.ts";
import type { Desk } from "../../core/desk.ts";
import { toFailure, type Failure } from "../../core/errors.ts";
import type { RunView } from "../../core/journal.ts";
import { describeLock } from "../../core/lock.ts";
import { noticeCard } from "../../core/notice-card.ts";
import { runCard } from "../../core/run-card.ts";
import { altOf } from "../../render/draw.ts";
import type { ClusterLine, PictureLine, RunLine, State } from "./wire.ts";

/** Makes what a page shows, from what is true at that moment; `runId` is the run whose page it is. */
export function stateMaker(desk: Desk, caller: Caller, runId: string | null): () => Promise<State> {
  let problem: Failure | null = null;
  const see = async () => {
    // A denial is recorded; once is enough.
    if (runId === null || problem !== null) return null;
    try {
      const view = await desk.see(runId, caller);
      const card = runCard(view);
      // Drawn when the page asks for it.
      return { card: { ...card, picture: null }, picture: pictureOf(view.id, card) };
    } catch (error) {
      problem = toFailure(error);
      return null;
    }
  };
  return async () => {
    const [board, run] = await Promise.all([desk.board(caller), see()]);
    return {
      name: desk.nameOf(caller) ?? "",
      clusters: await Promise.all(board.clusters.map((name) => clusterLine(desk, name, caller))),
      runs: board.runs.map(runLine),
      ended: board.ended.map(runLine),
      locks: board.locks.map(describeLock),
      notices: board.notices.map((notice) => ({ id: notice.id, card: noticeCard(notice) })),
      run,
      problem,
    };
  };
}

/** The same for the same state, in this process and in the next. */
export const idOf = (state: State): string =>
  createHash("sha256").update(JSON.stringify(state)).digest("base64url").slice(0, 22);

async function clusterLine(desk: Desk, name: string, caller: Caller): Promise<ClusterLine> {
  const look = await desk.lastLook(name, caller);
  if (look === undefined) return { name, look: null };
  const { drawing, ...told } = look;
  const src = `/api/clusters/${name}/${drawing?.kind === "topology" ? drawing.at : look.at}/picture.svg`;
  return { name, look: { ...told, picture: drawing === null ? null : { src, alt: altOf(drawing) } } };
}

function pictureOf(runId: string, { picture }: Card): PictureLine | null {
  return picture === null ? null : { src: `/api/runs/${runId}/picture.svg`, alt: altOf(picture) };
}

function runLine(run: RunView): RunLine {
  const card = runCard(run);
  const { checklist } = card;
  return {
    id: run.id,
    actor: run.actor,
    card: {
      ...card,
      picture: null,
      checklist: checklist.filter(({ state }) => state === "running" || state === "failed"),
      // What is asked is shown whole wherever it can be answered.
      ...(card.question === null && { table: null, text: null, diff: [] }),
    },
    done: checklist.filter(({ endedAt }) => endedAt !== null).length,
    steps: checklist.length,
  };
}
