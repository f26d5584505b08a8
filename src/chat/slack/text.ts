/** Marks that keyboards put where a person meant an ASCII one. */
const meant: readonly (readonly [RegExp, string])[] = [
  [/[\u00A0\u2007\u202F]/g, " "],
  [/[\u201C\u201D\u201E\u201F]/g, '"'],
  [/[\u2018\u2019\u201A\u201B]/g, "'"],
  // Autocorrect makes one dash of the two before an option; a dash anywhere else is left as it is.
  [/(?<=^|\s)[\u2013\u2014](?=[a-zA-Z])/g, "--"],
];

/** Slack's own markup: `<http://host|host>`, `<#C1|ops>`, `<@U1|ann>`, `<!subteam^S1|@dba>`. */
const markup = /<((?:https?:|mailto:|[#@!])[^<>|]*)(?:\|([^<>]*))?>/g;

/** What a person typed, without what Slack and keyboards made of it. */
export function plainText(typed: string): string {
  const unmarked = typed.replaceAll(markup, (_all, target: string, label: string | undefined) =>
    label === undefined || label === "" ? target.replace(/^mailto:/, "") : label,
  );
  const unescaped = unmarked.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
  return meant.reduce((text, [mark, plain]) => text.replaceAll(mark, plain), unescaped).trim();
}

/** The slash command under which every command can be given, also those whose name is Slack's own. */
export const ownCommand = "/nonet";

/** What was typed as one line for the desk: `/cluster` with `build prod` is the same as `/nonet` with `cluster build prod`. */
export function typedLine(command: string, typed: string): string {
  const text = plainText(typed);
  if (command !== ownCommand) return `${command} ${text}`.trim();
  return text === "" ? "/help" : `/${text.replace(/^\//, "")}`;
}
