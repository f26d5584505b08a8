import { existsSync } from "node:fs";
import { describeFailure, toFailure } from "./core/errors.ts";

/** What can be started: `npm start`, `npm run nonet`, `npm run demo`, `npm run doctor`. */
const programs: Record<string, () => Promise<{ main(args: readonly string[]): Promise<number> }>> = {
  start: () => import("./main/start.ts"),
  run: () => import("./main/one-shot.ts"),
  demo: () => import("./main/demo.ts"),
  doctor: () => import("./main/doctor.ts"),
};

// Secrets live in a file beside the configuration, where there is one.
if (existsSync(".env")) process.loadEnvFile();

const [name = "start", ...rest] = process.argv.slice(2);
const program = programs[name];
if (program === undefined) {
  console.error(`There is no program “${name}”. Known: ${Object.keys(programs).join(", ")}.`);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = await (await program()).main(rest);
  } catch (error) {
    console.error(`✗ ${describeFailure(toFailure(error))}`);
    process.exitCode = 1;
  }
}
