import { cruise } from "dependency-cruiser";

/**
 * The import rule of the architecture: each folder may import only what stands beside it here.
 * `main.ts` composes everything; the lab stands alone and is reached over HTTP and SSH like the real thing.
 */
const layers: Record<string, string[]> = {
  "src/core": ["src/core"],
  "src/policy": ["src/core", "src/policy", "src/ops"],
  "src/ops": ["src/core", "src/ops"],
  "src/look": ["src/core", "src/policy", "src/ops", "src/look"],
  "src/watch": ["src/core", "src/policy", "src/ops", "src/look", "src/watch"],
  "src/ssh": ["src/core", "src/ssh"],
  "src/cloud": ["src/core", "src/cloud"],
  "src/engine": ["src/core", "src/engine"],
  "src/outside": ["src/core", "src/outside"],
  "src/auth": ["src/core", "src/auth"],
  "src/render": ["src/core", "src/render"],
  "src/telemetry": ["src/core", "src/telemetry"],
  "src/sim": ["src/core", "src/policy", "src/ops", "src/sim"],
  "src/chat": ["src/core", "src/auth", "src/render", "src/chat"],
  "src/lab": ["src/lab"],
  playbooks: ["src/core", "src/policy", "src/ops", "src/look", "playbooks"],
  commands: ["src/core", "playbooks", "commands"],
};

/** Each foreign library that touches the world has one home. */
const homes: Record<string, string> = {
  "src/ssh": "ssh2",
  "src/cloud": "@linode/api-v4",
  "src/engine": "openworkflow|postgres|@peculiar/x509|otpauth",
  "src/lab|src/telemetry|src/chat/web": "hono|@hono",
  "src/chat/web": "lit-html",
  "src/telemetry": "pino|prom-client",
  "src/chat/discord": "@discordjs|discord-api-types",
  "src/render": "@resvg|dejavu-fonts-ttf",
  "src/chat/slack": "@slack",
};

const folders = (names: string[]) => `^(${names.join("|")})/`;

const result = await cruise(["src", "commands", "playbooks"], {
  ruleSet: {
    forbidden: [
      ...Object.entries(layers).map(([from, to]) => ({
        name: `${from} imports only ${to.join(", ")}`,
        severity: "error" as const,
        from: { path: `^${from}/` },
        to: { path: "^(src|commands|playbooks|test)/", pathNot: folders(to) },
      })),
      {
        name: "core, policy, ops, look, playbooks and commands are pure",
        severity: "error",
        from: { path: "^(src/(core|policy|ops|look)|playbooks|commands)/" },
        to: { dependencyTypes: ["core"] },
      },
      { name: "no cycles", severity: "error", from: {}, to: { circular: true } },
      { name: "nothing unresolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
      ...Object.entries(homes).map(([home, library]) => ({
        name: `${library} lives in ${home}`,
        severity: "error" as const,
        from: { pathNot: `^(${home}|test)/` },
        to: { path: `node_modules/(${library})/` },
      })),
    ],
  },
  validate: true,
  // dependency-cruiser cannot read TypeScript 7; without swc it would silently look at nothing.
  parser: "swc",
  doNotFollow: { path: "node_modules" },
  enhancedResolveOptions: {
    extensions: [".ts", ".js"],
    exportsFields: ["exports"],
    conditionNames: ["import", "node", "types", "default"],
  },
});

if (typeof result.output === "string") throw new Error(`unexpected report: ${result.output}`);
const { summary } = result.output;
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} -> ${to}`);
if (summary.totalCruised === 0) throw new Error("the import check looked at no module: its parser does not work");
console.log(`import rule: ${summary.totalCruised} modules, ${summary.violations.length} violations`);
process.exitCode = summary.violations.length === 0 ? 0 : 1;
