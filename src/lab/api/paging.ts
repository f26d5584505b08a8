import { z } from "zod";
import { bad, notFound } from "./errors.ts";
import type { ApiError } from "./errors.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A page of a collection as the API answers it. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly page: number;
  readonly pages: number;
  readonly results: number;
}

const filterError = (reason: string): ApiError => bad(reason, "X-Filter");

/** Values at a dotted path; an array stands for each of its elements. */
function valuesAt(item: unknown, path: string): unknown[] {
  let values: unknown[] = [item];
  for (const part of path.split(".")) {
    values = values.flatMap((value) => {
      const next: unknown = typeof value === "object" && value !== null ? Reflect.get(value, part) : undefined;
      return Array.isArray(next) ? next : [next];
    });
  }
  return values;
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [a, b] = [String(left).toLowerCase(), String(right).toLowerCase()];
  return a < b ? -1 : a > b ? 1 : 0;
}

function equal(left: unknown, right: unknown): boolean {
  return left === right || (typeof left === "string" && typeof right === "string" && compare(left, right) === 0);
}

function testOperator(operator: string, values: readonly unknown[], want: unknown): boolean {
  switch (operator) {
    case "+gt":
      return values.some((value) => compare(value, want) > 0);
    case "+gte":
      return values.some((value) => compare(value, want) >= 0);
    case "+lt":
      return values.some((value) => compare(value, want) < 0);
    case "+lte":
      return values.some((value) => compare(value, want) <= 0);
    case "+neq":
      return values.every((value) => !equal(value, want));
    case "+contains":
      return values.some((value) => String(value).toLowerCase().includes(String(want).toLowerCase()));
    default:
      throw filterError(`Unknown operator ${operator}`);
  }
}

function matches(item: Fields, filter: Fields, filterable: ReadonlySet<string>): boolean {
  return Object.entries(filter).every(([key, want]) => {
    if (key === "+order" || key === "+order_by") return true;
    if (key === "+and" || key === "+or") {
      const parts = z.array(z.record(z.string(), z.unknown())).safeParse(want);
      if (!parts.success) throw filterError(`${key} must be a list of filters`);
      const results = parts.data.map((part) => matches(item, part, filterable));
      return key === "+and" ? results.every(Boolean) : results.some(Boolean);
    }
    if (!filterable.has(key)) throw filterError(`Cannot filter on ${key}`);
    const values = valuesAt(item, key);
    if (Array.isArray(want)) throw filterError(`${key} filter must be a string or dict`);
    if (typeof want !== "object" || want === null) return values.some((value) => equal(value, want));
    return Object.entries(want).every(([operator, operand]) => testOperator(operator, values, operand));
  });
}

function parseFilter(header: string | undefined): Fields {
  if (header === undefined || header === "") return {};
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(header));
  } catch {
    throw filterError("Invalid JSON");
  }
}

function pageNumber(text: string | undefined, field: string, fallback: number, max: number, min: number): number {
  if (text === undefined) return fallback;
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw bad(max === Infinity ? "Must be a positive integer" : `Must be ${String(min)}-${String(max)}`, field);
}

/**
 * One page of `items` after the `X-Filter` header: pages count from 1, `page_size` is 25 to 500 and 100 by default, a
 * page behind the last is not found. Only the fields in `filterable` may be filtered or ordered by.
 */
export function paginate<T extends object>(
  items: readonly T[],
  query: { page?: string | undefined; page_size?: string | undefined },
  filterHeader: string | undefined,
  filterable: readonly string[],
): Page<T> {
  const filter = parseFilter(filterHeader);
  const allowed = new Set(filterable);
  // An empty collection refuses a wrong filter as well.
  matches({}, filter, allowed);
  const kept = items.filter((item) => matches(Object.fromEntries(Object.entries(item)), filter, allowed));
  const orderBy = filter["+order_by"];
  if (orderBy !== undefined) {
    if (typeof orderBy !== "string" || !allowed.has(orderBy))
      throw filterError(`Cannot order by ${JSON.stringify(orderBy)}`);
    const sign = filter["+order"] === "desc" ? -1 : 1;
    kept.sort((a, b) => sign * compare(valuesAt(a, orderBy)[0], valuesAt(b, orderBy)[0]));
  }
  const size = pageNumber(query.page_size, "page_size", 100, 500, 25);
  const page = pageNumber(query.page, "page", 1, Infinity, 1);
  const pages = Math.max(1, Math.ceil(kept.length / size));
  if (page > pages) throw notFound();
  return { data: kept.slice((page - 1) * size, page * size), page, pages, results: kept.length };
}
