import { z } from "zod";
import { ClusterName } from "../src/core/cluster.ts";
import { answer, command } from "../src/core/command.ts";
import { shortId } from "../src/core/left.ts";
import { noticeData, type Notice } from "../src/core/notice.ts";
import { ago, counted } from "../src/core/words.ts";
import { describeMute } from "./shared/mutes.ts";

/** `/notices list`, `/notices list prod` */
export default command({
  name: "notices list",
  summary: "List the warnings that nobody has acknowledged yet, and what is muted",
  access: "viewer",
  input: z.object({ cluster: ClusterName.optional() }),
  async run({ notices, services }, { cluster }) {
    const open = await notices.open(cluster ?? null);
    const now = services.clock.now();
    const mutes = await notices.mutes(cluster ?? null);
    const muted = mutes.map((mute) => describeMute(mute, now)).join("\n");
    const columns = ["id", "severity", "what", "times", "since", "text"];
    return answer({
      ok: true,
      verdict:
        open.length === 0
          ? "Nothing waits to be acknowledged."
          : `${counted(open.length, "notice")} to be acknowledged.`,
      ...(open.length === 0 ? {} : { table: { columns, rows: open.map((notice) => row(notice, now)) } }),
      ...(muted === "" ? {} : { text: muted }),
      data: { notices: open.map(noticeData) },
    });
  },
});

function row({ id, severity, title, count, firstAt, text }: Notice, now: number): string[] {
  return [shortId(id), severity, title, String(count), ago(now - firstAt), text];
}
