import { Blueprint } from "../../src/core/cluster.ts";

/** The cluster that is built over and over. */
export const blueprint = Blueprint.parse({ name: "demo", operators: ["198.18.254.2/32"] });
