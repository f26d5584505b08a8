import { ids } from "../fakes/discord/sample.ts";
import type { FakeMessage } from "../fakes/slack/workspace.ts";
import type { Camera } from "./camera.ts";
import type { Team } from "./team.ts";

/** Somebody who takes no pictures. */
type Eye = Pick<Camera, "slack" | "discord" | "screen">;
const nobody = () => Promise.resolve();
const noCamera: Eye = { slack: nobody, discord: nobody, screen: nobody };

/** Both cards show this. */
async function bothSay(stage: Team, eye: Eye, name: string, text: string): Promise<void> {
  await stage.slack.until(() => stage.slackCard(text) !== undefined);
  await stage.discord.until(() => stage.discordCard(text) !== undefined);
  await eye.slack(name, stage.slackCard(text), text);
  await eye.discord(name, stage.discordCard(text), text);
}

/** alice asks in Slack for a cluster, bob says yes in Discord, and both see it to the end. `proof` is how it ends. */
export async function buildIt(stage: Team, eye: Eye = noCamera, proof = "Built and proven"): Promise<void> {
  const { slack, discord } = stage;
  await slack.as("U0ALICE").in("C0OPS").types("/cluster build demo");
  await bothSay(stage, eye, "asked", "Approve");
  const card = stage.discordCard("Approve");
  if (card === undefined) throw new Error("nothing is asked in Discord");
  discord.as(ids.bob).in(ids.ops).clicks(card, "Approve");
  await bothSay(stage, eye, "running", "steps done");
  // The picture of what was done follows its words.
  await slack.until(() => hasPicture(stage.slackCard(proof)));
  await bothSay(stage, eye, "done", proof);
}

const hasPicture = (message: FakeMessage | undefined): boolean =>
  JSON.stringify(message?.blocks ?? []).includes("slack_file");

/** What else people do with it, one card after the other. */
export async function useIt(stage: Team, eye: Eye = noCamera): Promise<void> {
  const { slack, discord } = stage;
  const alice = slack.as("U0ALICE").in("C0OPS");
  await alice.types("/cluster status demo");
  await slack.until(() => hasPicture(stage.slackCard("/cluster status demo")));
  await eye.slack("status", stage.slackCard("/cluster status demo"), "consistent");
  const inDiscord = discord.as(ids.alice).in(ids.ops);
  inDiscord.types("cluster status", { name: "demo" });
  await discord.until(() => stage.discordCard("/cluster status demo") !== undefined);
  await eye.discord("status", stage.discordCard("/cluster status demo"), "consistent");
  const told = inDiscord.types("help");
  await discord.until(() => told.original?.loading === false);
  await eye.discord("answer", told.original ?? undefined, "cluster status");
  const helped = await alice.types("/nonet help");
  await slack.until(() => helped.answers.length > 0);
  await eye.slack("answer", helped.answers[0], "/cluster status");
  const denied = await slack.as("U0CAROL").in("C0OPS").types("/cluster destroy demo");
  await slack.until(() => denied.answers.length > 0);
  await eye.screen("denied", "U0CAROL", "C0OPS", "needs the role admin");
  await alice.types("/cluster destroy demo");
  await bothSay(stage, eye, "dataloss", "Break the glass");
  const asked = stage.slackCard("Break the glass");
  if (asked === undefined) throw new Error("nothing is asked in Slack");
  await alice.clicks(asked, "Approve");
  await slack.until(() => slack.as("U0ALICE").modal !== null);
  await eye.screen("typed", "U0ALICE", "C0OPS", "Type demo to approve");
  const { modal } = slack.as("U0ALICE");
  if (modal !== null) await slack.as("U0ALICE").closes(modal);
  await slack.as("U0ALICE").opensHome();
  await slack.until(() => slack.as("U0ALICE").home !== null);
  await eye.screen("home", "U0ALICE", "home", "/cluster destroy demo");
  const card = stage.discordCard("Break the glass");
  if (card === undefined) throw new Error("nothing is asked in Discord");
  const broken = inDiscord.clicks(card, "Break the glass");
  await discord.until(() => broken.modal !== null);
  inDiscord.submits(broken, { reason: "the provider asks for it" });
  await bothSay(stage, eye, "destroyed", "GLASS");
  await bothSay(stage, eye, "notice", "Acknowledge");
}
