import { pageRoutes } from "./page/routes.ts";
import { FakeSlack, type FakeSlackOptions } from "./slack.ts";

/** Opens the stand-in on 127.0.0.1. Rejects when the port is taken. */
export async function openFakeSlack(options: FakeSlackOptions = {}): Promise<FakeSlack> {
  const slack = new FakeSlack(options);
  await slack.listen(pageRoutes(slack));
  return slack;
}
