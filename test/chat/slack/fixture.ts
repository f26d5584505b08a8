import { expect, onTestFinished } from "vitest";
import { raiseStage, type Stage, type StageOptions } from "./stage.ts";

export { privately, shows, signingSecret, type Stage } from "./stage.ts";

/** Opens a stage; it is closed when the test is over. */
export async function openStage(options: StageOptions = {}): Promise<Stage> {
  const stage = await raiseStage(options);
  onTestFinished(async () => {
    await stage.close();
    expect(stage.slack.wrongs).toEqual([]);
    // Neither tokens nor what people type nor where to answer them belongs into a log.
    expect(stage.logged.join("\n")).not.toMatch(/xoxb-|xapp-|\/response\/|cluster restart/);
  });
  return stage;
}
