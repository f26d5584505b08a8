import { expect, it } from "vitest";
import { clip, cutLine, harmless, oneLine } from "../../src/chat/text.ts";

it("takes control sequences away and shows whatever else cannot be seen", () => {
  expect(harmless("\u001b[31mred\u001b[0m \u001b]8;;https://x\u0007link\u001b]8;;\u001b\\ \u001bPq\u001b\\end")).toBe(
    "red link end",
  );
  expect(harmless("a\u202eb\u200bc\u0000d\u009be\ud800f\u{e0041}")).toBe(
    String.raw`a\u202eb\u200bc\u0000d` + "\ufffdf" + String.raw`\u{e0041}`,
  );
});

it("hides nothing behind a sequence that never ends, nor below a carriage return", () => {
  expect(harmless("\u001b]0;delete everything")).toBe(String.raw`\u001b]0;delete everything`);
  expect(harmless("delete everything\rnothing to see\r\nx")).toBe("delete everything\nnothing to see\nx");
});

it("leaves emoji and accents alone, and writes them in one way", () => {
  expect(harmless("👩‍🚒 ❤️ 1️⃣ 🧑🏽‍🚒 🏳️‍🌈 e\u0301")).toBe("👩‍🚒 ❤️ 1️⃣ 🧑🏽‍🚒 🏳️‍🌈 é");
  expect(harmless("db\u200d1\ufe0f")).toBe(String.raw`db\u200d1\ufe0f`);
  expect(harmless(`a${"\u0323".repeat(500)}b`).length).toBeLessThan(12);
});

it("cuts between what people see as characters", () => {
  expect(clip("abcdef", 4)).toBe("abc…");
  expect(clip("ab👩‍🚒cd", 6)).toBe("ab…");
  expect(clip("👩‍🚒👩‍🚒", 9)).toBe("👩‍🚒…");
  expect(clip("abcdef", 6)).toBe("abcdef");
  expect(clip("a**b", 5, (text) => text.replaceAll("*", "**").length)).toBe("a*…");
});

it("makes one line, and tells whether it is all", () => {
  expect(oneLine("a\nb\tc", 10)).toBe("a b  c");
  expect(cutLine("abc", 3)).toEqual({ line: "abc", isCut: false });
  expect(cutLine("abcd…", 4)).toEqual({ line: "abc…", isCut: true });
  expect(cutLine(`${"\u001b[m".repeat(1000)}x`, 3)).toMatchObject({ isCut: true });
});
