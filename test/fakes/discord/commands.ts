import { ApplicationIntegrationType } from "discord-api-types/v10";
import type { APIApplicationCommand } from "discord-api-types/v10";
import { readCommand } from "./command-form.ts";
import type { CommandForm } from "./command-form.ts";
import { readForm, refusals, refuseFields } from "./errors.ts";
import type { Snowflakes } from "./snowflakes.ts";
import { z } from "zod";

const dayMs = 86_400_000;
/** How many there may be of chat input, user and message commands. */
const most: Readonly<Record<number, number>> = { 1: 100, 2: 15, 3: 15 };

/** A registered command: what was sent, and its ids. */
export interface CommandRecord extends CommandForm {
  readonly id: string;
  readonly version: string;
}

/** The application's commands of each guild. */
export class Commands {
  readonly #now: () => number;
  readonly #snowflakes: Snowflakes;
  readonly #applicationId: string;
  readonly #byGuild = new Map<string, CommandRecord[]>();
  /** When commands were created, by guild: at most 200 a day. */
  readonly #creates = new Map<string, number[]>();

  constructor(applicationId: string, snowflakes: Snowflakes, now: () => number) {
    this.#applicationId = applicationId;
    this.#snowflakes = snowflakes;
    this.#now = now;
  }

  of(guildId: string): readonly CommandRecord[] {
    return this.#byGuild.get(guildId) ?? [];
  }

  /** 10063 where there is none. */
  get(guildId: string, id: string): CommandRecord {
    const command = this.of(guildId).find((each) => each.id === id);
    if (command === undefined) throw refusals.unknownCommand();
    return command;
  }

  /** Replaces all; a command that keeps its name and type keeps its id. */
  overwrite(guildId: string, body: unknown): readonly CommandRecord[] {
    const forms = readForm(z.array(z.unknown()), body ?? []).map((each, at) => readCommand(each, [at]));
    const key = ({ type, name }: CommandForm) => `${String(type)} ${name}`;
    const keys = forms.map(key);
    refuseFields(
      keys.flatMap((each, at) =>
        keys.indexOf(each) === at
          ? []
          : [
              {
                path: [at],
                code: "APPLICATION_COMMANDS_DUPLICATE_NAME",
                message: "Application command names must be unique",
              },
            ],
      ),
    );
    const before = new Map(this.of(guildId).map((each) => [key(each), each]));
    for (const [type, limit] of Object.entries(most))
      if (forms.filter((form) => String(form.type) === type).length > limit) throw refusals.tooManyCommands();
    this.#countCreates(guildId, forms.filter((form) => !before.has(key(form))).length);
    const records = forms.map((form) => this.#record(form, before.get(key(form))));
    this.#byGuild.set(guildId, records);
    return records;
  }

  /** Creates one, or replaces the one of that name and type; says whether it is new. */
  put(guildId: string, body: unknown): { command: CommandRecord; created: boolean } {
    const form = readCommand(body);
    const others = this.of(guildId).filter(({ type, name }) => type !== form.type || name !== form.name);
    const before = this.of(guildId).find((each) => !others.includes(each));
    if (before === undefined) {
      if (others.filter(({ type }) => type === form.type).length >= (most[form.type] ?? 0))
        throw refusals.tooManyCommands();
      this.#countCreates(guildId, 1);
    }
    const command = this.#record(form, before);
    this.#byGuild.set(guildId, [...others, command]);
    return { command, created: before === undefined };
  }

  change(guildId: string, id: string, body: unknown): CommandRecord {
    const before = this.get(guildId, id);
    const changes = readForm(z.looseObject({}), body);
    const command = this.#record(readCommand({ ...before, ...changes, type: before.type }), before);
    this.#byGuild.set(
      guildId,
      this.of(guildId).map((each) => (each.id === id ? command : each)),
    );
    return command;
  }

  remove(guildId: string, id: string): void {
    const gone = this.get(guildId, id);
    this.#byGuild.set(
      guildId,
      this.of(guildId).filter((each) => each !== gone),
    );
  }

  /** As the API tells it. */
  view(guildId: string, command: CommandRecord): APIApplicationCommand {
    const { default_member_permissions: bits, ...form } = command;
    return {
      ...form,
      application_id: this.#applicationId,
      guild_id: guildId,
      description: form.description ?? "",
      default_member_permissions: bits == null ? null : String(bits),
      nsfw: form.nsfw ?? false,
      contexts: form.contexts ?? null,
      integration_types: form.integration_types ?? [ApplicationIntegrationType.GuildInstall],
    } as APIApplicationCommand;
  }

  #record(form: CommandForm, before: CommandRecord | undefined): CommandRecord {
    return { ...form, id: before?.id ?? this.#snowflakes.next(), version: this.#snowflakes.next() };
  }

  #countCreates(guildId: string, count: number): void {
    const now = this.#now();
    const recent = (this.#creates.get(guildId) ?? []).filter((at) => now - at < dayMs);
    if (recent.length + count > 200) throw refusals.tooManyCreates();
    this.#creates.set(guildId, [...recent, ...Array.from({ length: count }, () => now)]);
  }
}
