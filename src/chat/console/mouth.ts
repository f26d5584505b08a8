import { MouthError, type Delivery, type Mouth } from "../../core/mouth.ts";

/** Says to all consoles of this process what somebody else caused; whoever sits at none hears nothing. */
export interface ConsoleMouth extends Mouth {
  /** `name` is the person at the console, `null` for a stranger, who hears nothing. Returns how to stop. */
  listen(name: string | null, heard: (line: string) => void): () => void;
}

/** The mouth of the place `console`. */
export function consoleMouth(): ConsoleMouth {
  const ears = new Set<{ readonly name: string; readonly heard: (line: string) => void }>();
  const tell = (line: string, { actor }: Delivery) => {
    for (const { name, heard } of ears) if (name !== actor) heard(line);
  };
  return {
    kind: "console",
    paceMs: 0,
    listen: (name, heard) => {
      if (name === null) return () => undefined;
      const ear = { name, heard };
      ears.add(ear);
      return () => ears.delete(ear);
    },
    post: async ({ title, verdict }, delivery) => {
      if (delivery.runId !== null) throw new MouthError("a console follows its runs by itself");
      tell(verdict === "" ? title : `${title}. ${verdict}`, delivery);
      return delivery.key;
    },
    // What was printed stays as it is; `/notices list` shows how things are.
    update: async (messageId) => messageId,
    say: async ({ text }, _messageId, delivery) => tell(text, delivery),
  };
}
