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

type Operator = "<=" | ">=" | "=";
const NUMERIC = /^(.+?)\s*(<=|>=|!=|=|<|>)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/i;
const BETWEEN = /^([^:]+):\s*(-?\d+(?:\.\d+)?)\s+TO\s+(-?\d+(?:\.\d+)?)$/i;

export function readFilters(params: FilterParams, names: FacetNames): Filters {
  const filters: Filters = { byFacet: new Map(), impossible: false };
  for (const group of groups(params.facetFilters)) addValues(filters, group, names);
  for (const group of groups(params.numericFilters)) addNumbers(filters, group, names);
  if (typeof params.filters === "string" && params.filters.trim()) {
    for (const group of conditions(params.filters)) {
      const isNumeric = group.every((one) => NUMERIC.test(one) || BETWEEN.test(one));
      if (isNumeric) addNumbers(filters, group, names);
      else addValues(filters, group, names);
    }
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
    } else if (facet !== "price" && values && new Set(values).size === 1) {
      parameters[facet === "availability" ? "in_stock" : facet] = values[0] as string;
    }
    const bounded = facet === "price" || code !== undefined;
    const [low, high] = facet === "price" && values ? onlyNumber(values) : [min, max];
    if (bounded && low !== undefined) parameters[`${facet}_min`] = plain(low);
    if (bounded && high !== undefined) parameters[`${facet}_max`] = plain(high);
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
    return text.startsWith("[") ? groups(JSON.parse(text)) : text ? text.split(",").map((one) => [one.trim()]) : [];
  }
  if (!Array.isArray(given)) return [];
  return given.map((group) => (Array.isArray(group) ? group.flat(9).map(String) : [String(group)])).filter((group) => group.length);
}

/** The parts of `a:1 AND (b:2 OR b:3) AND c > 4`. */
function conditions(text: string): string[][] {
  const tokens = text.match(/\(|\)|"(?:\\.|[^"])*"|'(?:\\.|[^'])*'|[^\s()"']+|\s+/g) ?? [];
  const found: string[][] = [[""]];
  let depth = 0;
  const group = () => found[found.length - 1] as string[];
  for (const token of tokens) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    else if (token === "NOT") throw excluded(text);
    else if (token === "AND") {
      if (depth) throw new SearchlightError(`AND inside brackets is not possible: ${text}`, 0);
      found.push([""]);
    } else if (token === "OR") group().push("");
    else group()[group().length - 1] += /^["']/.test(token) ? token.slice(1, -1).replace(/\\(.)/g, "$1") : token;
  }
  return found.map((parts) => parts.map((part) => part.trim()).filter(Boolean)).filter((parts) => parts.length);
}

function addValues(filters: Filters, group: string[], names: FacetNames): void {
  const read = group.map((condition) => {
    const end = condition.indexOf(":");
    if (end < 1) throw new SearchlightError(`This is not a filter: ${condition}`, 0);
    const value = condition.slice(end + 1);
    if (value.startsWith("-")) throw excluded(condition);
    return { facet: names.read(condition.slice(0, end).trim()).facet, value: value.replace(/^\\-/, "-") };
  });
  add(filters, oneFacet(read, group), { values: read.map(({ value }) => value) });
}

function addNumbers(filters: Filters, group: string[], names: FacetNames): void {
  const read = group.map((condition) => {
    const between = BETWEEN.exec(condition);
    if (between) {
      const [, name = "", low, high] = between;
      return { facet: names.read(name.trim()).facet, filter: { min: Number(low), max: Number(high) } };
    }
    const [, name = "", operator, number] = NUMERIC.exec(condition) ?? [];
    if (!operator) throw new SearchlightError(`This is not a filter of numbers: ${condition}`, 0);
    if (operator === "!=") throw excluded(condition);
    if (operator === "<" || operator === ">") {
      throw new SearchlightError(`Bounds are inclusive: ${condition} must be written with ${operator}=.`, 0);
    }
    return { facet: names.read(name.trim()).facet, filter: bound(operator as Operator, number as string) };
  });
  const facet = oneFacet(read, group);
  const values = read.flatMap(({ filter }) => ("values" in filter ? filter.values : []));
  if (values.length === read.length) {
    add(filters, facet, { values: facet === "availability" || facet === "on_sale" ? values.map(asBoolean) : values });
  } else if (read.length === 1) add(filters, facet, (read[0] as { filter: Filter }).filter);
  else throw new SearchlightError(`Ranges cannot be alternatives: ${group.join(" OR ")}`, 0);
}

function bound(operator: Operator, number: string): Filter & ({ values: string[] } | { min: number } | { max: number }) {
  if (operator === "=") return { values: [number] };
  return operator === ">=" ? { min: Number(number) } : { max: Number(number) };
}

function asBoolean(value: string): string {
  return Number(value) ? "true" : "false";
}

function oneFacet(read: { facet: string }[], group: string[]): string {
  const facets = new Set(read.map(({ facet }) => facet));
  if (facets.size > 1) throw new SearchlightError(`Different facets cannot be alternatives: ${group.join(" OR ")}`, 0);
  return [...facets][0] as string;
}

function excluded(text: string): SearchlightError {
  return new SearchlightError(`Values cannot be excluded: ${text}`, 0);
}

/** Both the filter that is there and the new one must hold. A product has one value of each facet. */
function add(filters: Filters, facet: string, { values, min, max }: Filter): void {
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
