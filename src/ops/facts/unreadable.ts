import { OpsError } from "../../core/errors.ts";

/** The error for output that is not what a tool prints. @param what one sentence */
export const unreadable = (what: string): OpsError => new OpsError({ code: "unreadable_fact", message: what });
