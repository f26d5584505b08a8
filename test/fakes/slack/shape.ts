/** A JSON object whose fields nobody has looked at yet. */
export type Shape = Record<string, unknown>;

export function isShape(value: unknown): value is Shape {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The objects in a list; nothing when it is no list. */
export function shapesIn(value: unknown): Shape[] {
  return Array.isArray(value) ? value.filter(isShape) : [];
}

/** A text field, or nothing. */
export function textOf(value: unknown, name: string): string | undefined {
  const found = isShape(value) ? value[name] : undefined;
  return typeof found === "string" ? found : undefined;
}

/** Any value in words: texts as they are, everything else as JSON. */
export function inWords(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "nothing");
}

/** Every object in a JSON value, outermost first, with its JSON pointer. */
export function* walk(value: unknown, pointer = ""): Generator<readonly [Shape, string]> {
  if (isShape(value)) yield [value, pointer];
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) yield* walk(inner, `${pointer}/${name}`);
}
