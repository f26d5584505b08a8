import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Console } from "./console.ts";
import { openSessionWorld } from "./session-world.ts";

const prompt = /nonet> $/;
const question = /anything else to refuse: $/;

/** The id of the run that was shown last, as people type it. */
const idIn = (text: string): string => /run {8}([0-9a-f]{8})/.exec(text)?.[1] ?? "";

/** Holds a session with a real bot on simulated nodes and returns it as a page: what was typed, and what came back. */
export async function recordSession(): Promise<string> {
  const parts: string[] = [];
  const block = (text: string) => parts.push(`\`\`\`text\n${text}\n\`\`\``);
  const show = (sentence: string, ...consoles: readonly Console[]) => {
    parts.push(sentence);
    return consoles.map((each) => {
      const text = each.take();
      block(text);
      return text;
    });
  };
  const world = await openSessionWorld();
  try {
    const [alice, bob, second] = [world.console("alice"), world.console("bob"), world.console("bob")];
    const command = async (at: Console, text: string, until = prompt) => {
      await at.type(text);
      await at.until(until);
    };
    await command(alice, "/cluster build demo", question);
    await command(alice, "yes");
    alice.take();
    for (const each of [bob, second]) {
      await each.until(prompt);
      each.take();
    }

    await world.stopUnit("lb1", "nginx.service");
    await command(alice, "/cluster plan demo");
    show("Somebody has stopped nginx on lb1 by hand. Alice looks what a build would do about it.", alice);

    await command(alice, "/cluster build demo", question);
    const [asked = ""] = show("She gives the command. It shows its plan and asks.", alice);
    parts.push(
      "While she reads, somebody lets another network of operators in: a line in `nonet.yaml`, then `kill -HUP`. Nonet says:",
    );
    block(await world.addOperators("192.0.2.0/24"));
    await command(alice, "yes", question);
    show("Her yes was to another plan. Nothing is done; Nonet shows what is different now, and asks again.", alice);

    const id = idIn(asked);
    await command(bob, `/runs show ${id}`, question);
    await command(bob, "yes", /✓ Basics on /);
    show("Bob looks at the same run at his own console, and approves the new plan.", bob);
    await command(second, `/runs cancel ${id}`);
    await Promise.all([alice.until(prompt), bob.until(prompt)]);
    bob.take();
    show("In another window he cancels it again, because the provider has just announced works.", second);
    show("Alice's console followed all the time; the run says how it leaves things.", alice);

    await command(alice, `/runs resume ${id}`, question);
    await command(alice, "yes");
    show(
      "The works are over. She resumes it: a new run that carries on from what it finds, and ends with its proof.",
      alice,
    );

    await command(alice, "/cluster destroy demo", question);
    const [last = ""] = show("At last the cluster is no longer needed. A loss of data takes two people.", alice);
    await command(alice, "demo", /1 of 2: alice has approved/);
    await command(bob, `/runs show ${idIn(last)}`, question);
    await command(bob, "yes");
    await alice.until(prompt);
    show("Alice has typed the name of the cluster, and that is not enough: Bob is asked as well.", bob);
    return page(parts);
  } finally {
    await world.close();
  }
}

const page = (parts: readonly string[]): string => `# A session

Two people, one cluster, three windows. This page is written by \`npm run docs:session\`: a real bot on simulated nodes, the
real console, and what both of them printed. Alice and Bob are admins; \`demo\` has been built.

${parts.join("\n\n")}
`;

if (import.meta.main) {
  await writeFile(join(import.meta.dirname, "../../docs/session.md"), await recordSession());
}
