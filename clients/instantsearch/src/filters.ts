/** Filters of InstantSearch as filters of the REST API. */
import type { FacetNames } from "./facets.js";
import { attributeCode } from "./facets.js";
import { type Parameters, SearchlightError } from "./rest.js";

export const SEPARATOR = " > ";

/** What one facet must fulfil: one of the values, or a number within the bounds. */
export interface Filter {
  values?: string[];
  min?: number;
  max?: number;
}

/** Filters by facet. `impossible`: no product can fulfil them, as with two brands at once. */
export interface Filters {
  byFacet: Map<string, Filter>;
  impossible: boolean;
}

export interface FilterParams {
  facetFilters?: unknown;
  numericFilters?: unknown;
  filters?: unknown;
}

type Operator = ":" | "<=" | ">=" | "!=" | "=" | "<" | ">";

/** What one facet must fulfil, and the text that says so. */
interface Condition {
  text: string;
  facet: string;
  filter: Filter;
}

const NUMBER = String.raw`-?\d+(?:\.\d+)?(?:e[+-]?\d+)?`;
const QUOTED = String.raw`"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'`;
const NUMERIC = new RegExp(`^(.+?)\\s*(<=|>=|!=|=|<|>)\\s*(${NUMBER})$`, "i");
const BETWEEN = new RegExp(`^([^:]+):\\s*(${NUMBER})\\s+TO\\s+(${NUMBER})$`, "i");
const RANGE = new RegExp(`^(${NUMBER})\\s+TO\\s+(${NUMBER})$`, "i");
/** A name, an operator, and a value: in quotes, a range of numbers, or one word. */
const CONDITION = new RegExp(
  `^(${QUOTED}|[^\\s():<>=!"'][^\\s():<>=!]*)\\s*(:|<=|>=|!=|=|<|>)\\s*` +
    `(?:(${QUOTED})|(${NUMBER}\\s+TO\\s+${NUMBER}|(?!["'])[^\\s()]+))(?=[\\s()]|$)`,
  "i",
);
/** Facets that are yes (1) or no (0). */
const BOOLEAN: readonly string[] = ["availability", "on_sale"];

export function readFilters(params: FilterParams, names: FacetNames): Filters {
  const filters: Filters = { byFacet: new Map(), impossible: false };
  for (const group of groups(params.facetFilters)) add(filters, group.map((text) => facetCondition(text, names)));
  for (const group of groups(params.numericFilters)) add(filters, group.map((text) => numericCondition(text, names)));
  if (typeof params.filters === "string" && params.filters.trim()) {
    for (const group of conditions(params.filters, names)) add(filters, group);
  }
  for (const filter of filters.byFacet.values()) mergeBounds(filters, filter);
  return filters;
}

export function sameFilters(left: Filters, right: Filters, except = ""): boolean {
  return canonical(left, except) === canonical(right, except);
}

function canonical({ byFacet, impossible }: Filters, except = ""): string {
  const entries = [...byFacet].filter(([facet]) => facet !== except).sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([
    impossible,
    entries.map(([facet, { values, min, max }]) => [facet, values && [...values].sort(), min ?? null, max ?? null]),
  ]);
}

/** The parameters that filter a search. */
export function filterParameters({ byFacet }: Filters): Parameters {
  const parameters: Parameters = {};
  for (const [facet, { values, min, max }] of byFacet) {
    const code = attributeCode(facet);
    if (facet === "brand" || facet === "category" || code !== undefined) {
      if (values) parameters[facet] = values;
    } else if (facet === "store") {
      const [id, ...others] = values ?? [];
      if (id === undefined) continue;
      if (others.length) throw new SearchlightError("Only one store can be chosen at a time.", 0);
      parameters["store_id"] = id;
      parameters["in_stock"] = true; // a store alone hides nothing
    } else if (BOOLEAN.includes(facet) && values?.length === 1) {
      parameters[facet === "availability" ? "in_stock" : facet] = values[0] as string;
    }
    const bounded = hasBounds(facet);
    const [low, high] = facet === "price" && values ? onlyNumber(values) : [min, max];
    if (bounded && low !== undefined) parameters[`${facet}_min`] = plain(low);
    if (bounded && high !== undefined) parameters[`${facet}_max`] = plain(high);
  }
  if (byFacet.get("store")?.values?.length && byFacet.get("availability")?.values?.every((value) => value === "false")) {
    throw new SearchlightError("A store shows what it has in stock, so in_stock:false cannot be added to it.", 0);
  }
  return parameters;
}

function onlyNumber(values: string[]): [number, number] {
  const [value, ...others] = values;
  if (others.length) throw new SearchlightError("A price is one number or a range, not several numbers.", 0);
  return [Number(value), Number(value)];
}

/** Without an exponent, which the API does not read. */
function plain(value: number): string {
  return value.toLocaleString("en", { useGrouping: false, maximumFractionDigits: 10 });
}

/** Filters as Algolia nests them: all groups must hold, one condition of each is enough. */
function groups(given: unknown): string[][] {
  if (typeof given === "string") {
    const text = given.trim();
    if (!text.startsWith("[")) return text ? text.split(",").map((one) => [one.trim()]) : [];
    try {
      return groups(JSON.parse(text));
    } catch (cause) {
      throw new SearchlightError(`This is not a list of filters: ${text}`, 0, {}, undefined, { cause });
    }
  }
  if (!Array.isArray(given)) return [];
  return given.map((group) => (Array.isArray(group) ? group.flat(9).map(String) : [String(group)])).filter((group) => group.length);
}

/** The conditions of `a:1 AND (b:2 OR b:"3 TO 4") AND c >= 4`. */
function conditions(text: string, names: FacetNames): Condition[][] {
  const found: Condition[][] = [];
  let group: Condition[] = [];
  let rest = text.trim();
  let depth = 0;
  const take = (pattern: RegExp) => {
    const taken = pattern.exec(rest);
    rest = rest.slice(taken?.[0].length ?? 0).trimStart();
    return taken;
  };
  for (;;) {
    while (take(/^\(/)) depth += 1;
    if (/^NOT[\s(]/.test(rest)) throw excluded(text);
    const taken = take(CONDITION);
    if (!taken) break;
    const [whole, name = "", operator, quoted, word = ""] = taken;
    const value = quoted === undefined ? word : unquoted(quoted);
    group.push(condition(whole, unquoted(name), operator as Operator, value, { names, literal: quoted !== undefined }));
    while (depth && take(/^\)/)) depth -= 1;
    if (!rest && !depth) return [...found, group];
    if (take(/^OR(?=[\s(])/)) continue;
    if (!take(/^AND(?=[\s(])/)) break;
    if (depth) throw new SearchlightError(`AND inside brackets is not possible: ${text}`, 0);
    found.push(group);
    group = [];
  }
  const place = rest ? `, at ${rest}` : "";
  throw new SearchlightError(`These are not filters: ${text}${place}. Values with spaces or brackets must be in quotes.`, 0);
}

function unquoted(text: string): string {
  return /^["']/.test(text) ? text.slice(1, -1).replace(/\\(.)/gs, "$1") : text;
}

function facetCondition(text: string, names: FacetNames): Condition {
  const end = text.indexOf(":");
  if (end < 1) throw new SearchlightError(`This is not a filter: ${text}`, 0);
  const value = text.slice(end + 1);
  if (value.startsWith("-")) throw excluded(text);
  return condition(text, text.slice(0, end).trim(), ":", value.replace(/^\\-/, "-"), { names, literal: true });
}

function numericCondition(text: string, names: FacetNames): Condition {
  const [, name = "", low, high] = BETWEEN.exec(text) ?? [];
  if (name) return condition(text, name.trim(), ":", `${low} TO ${high}`, { names });
  const [, compared = "", operator, number = ""] = NUMERIC.exec(text) ?? [];
  if (!operator) throw new SearchlightError(`This is not a filter of numbers: ${text}`, 0);
  return condition(text, compared.trim(), operator as Operator, number, { names });
}

/** @param literal the value was in quotes: nothing in it has a meaning of its own. */
function condition(
  text: string,
  name: string,
  operator: Operator,
  value: string,
  { names, literal = false }: { names: FacetNames; literal?: boolean },
): Condition {
  const { facet } = names.read(name);
  const [, low, high] = (!literal && operator === ":" && RANGE.exec(value)) || [];
  const isNumber = new RegExp(`^${NUMBER}$`, "i").test(value);
  if (operator !== ":" && (literal || !isNumber)) throw new SearchlightError(`This is not a filter of numbers: ${text}`, 0);
  if (!literal && value.startsWith("-") && !isNumber && low === undefined) throw excluded(text);
  if (BOOLEAN.includes(facet)) return { text, facet, filter: { values: yesOrNo(text, operator, value, low, high) } };
  if (operator === "!=") throw excluded(text);
  if (operator === "<" || operator === ">") {
    throw new SearchlightError(`Bounds are inclusive: ${text} must be written with ${operator}=.`, 0);
  }
  if ((operator === ":" && low === undefined) || operator === "=") return { text, facet, filter: { values: [value] } };
  if (!hasBounds(facet)) throw new SearchlightError(`${name} has no bounds: ${text}`, 0);
  if (low !== undefined) return { text, facet, filter: { min: Number(low), max: Number(high) } };
  return { text, facet, filter: operator === ">=" ? { min: Number(value) } : { max: Number(value) } };
}

function hasBounds(facet: string): boolean {
  return facet === "price" || attributeCode(facet) !== undefined;
}

/** The values of yes (1) and no (0) that fulfil a condition. */
function yesOrNo(text: string, operator: Operator, value: string, low?: string, high?: string): string[] {
  const given = value === "true" ? 1 : value === "false" ? 0 : Number(value);
  const holds = (one: number): boolean => {
    if (low !== undefined) return Number(low) <= one && one <= Number(high);
    if (operator === ":" || operator === "=") return one === given;
    if (operator === "!=") return one !== given;
    if (operator === "<" || operator === "<=") return one < given || (operator === "<=" && one === given);
    return one > given || (operator === ">=" && one === given);
  };
  const values = [...(holds(1) ? ["true"] : []), ...(holds(0) ? ["false"] : [])];
  if (!values.length) throw new SearchlightError(`This facet is true (1) or false (0), which leaves nothing: ${text}`, 0);
  return values;
}

function excluded(text: string): SearchlightError {
  return new SearchlightError(`Values cannot be excluded: ${text}`, 0);
}

/** Both the filters that are there and one condition of the group must hold. A product has one value of each facet. */
function add(filters: Filters, group: Condition[]): void {
  const all = () => group.map(({ text }) => text).join(" OR ");
  const [facet = "", ...others] = new Set(group.map((one) => one.facet));
  if (others.length) throw new SearchlightError(`Different facets cannot be alternatives: ${all()}`, 0);
  const isRange = ({ filter }: Condition) => !filter.values;
  if (group.length > 1 && group.some(isRange)) throw new SearchlightError(`Ranges cannot be alternatives: ${all()}`, 0);
  const { min, max } = group[0]?.filter ?? {};
  const values = group.some(isRange) ? undefined : group.flatMap(({ filter }) => filter.values ?? []);
  const known = filters.byFacet.get(facet) ?? {};
  if (values) known.values = known.values ? both(facet, known.values, values) : [...new Set(values)];
  if (min !== undefined) known.min = Math.max(known.min ?? min, min);
  if (max !== undefined) known.max = Math.min(known.max ?? max, max);
  if (known.values && !known.values.length) filters.impossible = true;
  filters.byFacet.set(facet, known);
}

function both(facet: string, left: string[], right: string[]): string[] {
  if (facet !== "category") return left.filter((value) => right.includes(value));
  const deeper = left.flatMap((one) => right.flatMap((other) => (isWithin(one, other) ? [one] : isWithin(other, one) ? [other] : [])));
  return [...new Set(deeper)];
}

/** Whether a category is another one, or below it. */
export function isWithin(path: string, ancestor: string): boolean {
  return path === ancestor || path.startsWith(ancestor + SEPARATOR);
}

/** To the API a value or a range is enough; here both must hold. */
function mergeBounds(filters: Filters, filter: Filter): void {
  const { values, min = -Infinity, max = Infinity } = filter;
  if (min > max) filters.impossible = true;
  if (!values || (filter.min === undefined && filter.max === undefined)) return;
  filter.values = values.filter((value) => Number(value) >= min && Number(value) <= max);
  delete filter.min;
  delete filter.max;
  if (!filter.values.length) filters.impossible = true;
}
