import { prompt } from "../../src/chat/console/prompt.ts";

// The prompt of a bot that runs already: `node console-child.ts SOCKET USER HISTORY`.
const [socket = "", user = "", history = ""] = process.argv.slice(2);
await prompt({ socket, user, history });
