import type { Reach } from "./bot.ts";
export const simulatedReach: Reach = () => Promise.reject(new Error("draft"));
