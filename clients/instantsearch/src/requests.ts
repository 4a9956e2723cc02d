/** Requests of InstantSearch, and the fewest searches that answer all of them. */
import type { FacetNames, NamedFacet } from "./facets.js";
import { type FilterParams, type Filters, filterParameters, readFilters, sameFilters } from "./filters.js";
import { type Parameters, type Search, SearchlightError } from "./rest.js";

/** One request, as InstantSearch, Autocomplete and algoliasearch write it. */
export interface SearchRequest {
  indexName: string;
  params?: object | undefined;
  /** Older clients put the query beside the parameters. */
  query?: string | undefined;
  type?: string | undefined;
  facet?: string | undefined;
}

export interface Params extends FilterParams {
  query?: string;
  page?: number;
  hitsPerPage?: number;
  facets?: string | string[];
  maxValuesPerFacet?: number;
  attributesToRetrieve?: string | string[];
  highlightPreTag?: string;
  highlightPostTag?: string;
  clickAnalytics?: boolean;
  facetName?: string;
  facetQuery?: string;
  maxFacetHits?: number;
  [name: string]: unknown;
}

export interface Wanted {
  index: string;
  sort: string;
  params: Params;
  query: string;
  page: number; // from 0
  size: number;
  filters: Filters;
  facets: Map<string, NamedFacet>;
  everyFacet: boolean;
  passed: Parameters;
}

/** One search, and the requests that its answer answers. */
export interface Group {
  base: Wanted;
  members: Wanted[];
}

export const SUGGESTIONS = "suggestions";
const DEFAULT_SIZE = 20;
const MAX_SIZE = 100;
const MAX_FACET_LIMIT = 1000;
// Characters; the API refuses more, and with them the whole page.
export const MAX_QUERY = 200;
const MAX_FACET_QUERY = 50;
export const MAX_WINDOW = 10_000; // page x size; the API refuses more
// Parameters of the REST API that `configure` may set.
const PASSED = ["store_id", "relax", "spelling", "interpret"] as const;
// What would change the hits, and cannot be done.
const IMPOSSIBLE = ["aroundLatLng", "insideBoundingBox", "insidePolygon", "tagFilters", "similarQuery"];

export interface ReadOptions {
  names: FacetNames;
  /** Parameters of every search. */
  defaults: Parameters;
}

/** What a shopper typed or pasted, as the API takes it: cut, without half characters and NUL. */
export function typed(text: string, most: number = MAX_QUERY): string {
  return [...text.replace(/\p{Surrogate}|\0/gu, "\ufffd")].slice(0, most).join("");
}

export function readRequest(request: SearchRequest, { names, defaults }: ReadOptions): Wanted {
  const params = (request.params ?? {}) as Params;
  const used = IMPOSSIBLE.find((name) => params[name] !== undefined && String(params[name]) !== "");
  if (used) throw new SearchlightError(`Searchlight has nothing like ${used}.`, 0);
  const [index = "", sort = "relevance"] = request.indexName.split(":");
  const given = params.facets ?? [];
  const facetNames = (Array.isArray(given) ? given : given.split(",")).map((name) => name.trim()).filter(Boolean);
  const passed = { ...defaults };
  for (const name of PASSED) {
    const value = params[name];
    if (value !== undefined && value !== null) passed[name] = value as string;
  }
  return {
    index,
    sort,
    params,
    query: typed(params.query ?? request.query ?? ""),
    page: params.page ?? 0,
    size: Math.min(params.hitsPerPage ?? DEFAULT_SIZE, MAX_SIZE),
    filters: readFilters(params, names),
    facets: new Map(facetNames.filter((name) => name !== "*").map((name) => [name, names.read(name)])),
    everyFacet: facetNames.includes("*"),
    passed,
  };
}

/** Requests that one search answers, together.
 *
 * InstantSearch sends one more request for each refined facet, without hits and without that facet's filter, to learn
 * what else could be chosen. A facet of the REST API ignores its own filter anyway, so the search for the hits has
 * these counts. What matters is what a request contains, not which widget or index it comes from.
 */
export function group(wanted: readonly Wanted[]): Group[] {
  const groups: Group[] = [];
  const hitsFirst = [...wanted].sort((one, other) => Number(other.size > 0) - Number(one.size > 0));
  for (const each of hitsFirst) {
    const fitting = groups.find(({ base }) => answers(base, each));
    if (fitting) fitting.members.push(each);
    else groups.push({ base: each, members: [each] });
  }
  return groups;
}

function answers(base: Wanted, other: Wanted): boolean {
  const same = (read: (one: Wanted) => unknown) => JSON.stringify(read(base)) === JSON.stringify(read(other));
  if (!same(({ index, query, passed }) => [index, query, passed])) return false;
  if (other.size > 0) {
    const shown = ({ sort, page, size, params }: Wanted) => [sort, page, size, params.attributesToRetrieve ?? null];
    return same(shown) && sameFilters(base.filters, other.filters);
  }
  if (other.everyFacet || !other.facets.size) return sameFilters(base.filters, other.filters);
  if (base.filters.impossible) return false;
  return [...other.facets.values()].every(({ facet }) => sameFilters(base.filters, other.filters, facet));
}

/** The search for a group; undefined when no product can fulfil its filters, or the text is too short to complete. */
export function searchFor({ base, members }: Group, options: { categoryLimit: number; minimum: number }): Search | undefined {
  if (base.index === SUGGESTIONS) return suggestionsFor(base, options.minimum);
  if (base.filters.impossible) return undefined;
  const limits = members.flatMap(({ params }) => (params.maxValuesPerFacet === undefined ? [] : [params.maxValuesPerFacet]));
  const named = members.flatMap(({ facets }) => [...facets.values()]);
  // A menu of several levels needs the parents of what it shows.
  if (named.some(({ level }) => level !== undefined)) limits.push(options.categoryLimit);
  const retrieved = attributesToRetrieve(base.params.attributesToRetrieve);
  // An address may name a page behind the last: it has no hits.
  const size = (base.page + 1) * base.size > MAX_WINDOW ? 0 : base.size;
  const parameters: Parameters = {
    ...(base.query ? { q: base.query } : {}),
    ...filterParameters(base.filters),
    ...base.passed,
    ...(base.sort === "relevance" ? {} : { sort: base.sort }),
    ...(base.page > 0 && size > 0 ? { page: base.page + 1 } : {}),
    page_size: size,
    facets: facetNames(named, members.some(({ everyFacet }) => everyFacet)),
    ...(limits.length ? { facet_limit: Math.min(Math.max(1, ...limits), MAX_FACET_LIMIT) } : {}),
    ...(size > 0 && retrieved.length ? { attributes_to_retrieve: retrieved } : {}),
    ...(size > 0 ? {} : { highlight: "off" }),
  };
  return { kind: "products", parameters };
}

function suggestionsFor({ query, size, passed }: Wanted, minimum: number): Search | undefined {
  if (query.trim().length < minimum || size < 1) return undefined;
  const { store_id: store } = passed;
  return { kind: "suggestions", parameters: { q: query.trim(), limit: Math.min(size, 10), ...(store === undefined ? {} : { store_id: store }) } };
}

function facetNames(named: NamedFacet[], everyFacet: boolean): string[] {
  const all = everyFacet ? ["category", "brand", "price", "availability", "on_sale", "attributes"] : [];
  const names = [...new Set([...all, ...named.map(({ facet }) => facet)])];
  return names.length ? names : ["none"];
}

function attributesToRetrieve(given: string | string[] | undefined): string[] {
  const names = Array.isArray(given) ? given : (given ?? "").split(",");
  const codes = names.filter((name) => name === "*" || name.startsWith("attr."));
  return codes.includes("*") ? ["*"] : codes.map((name) => name.slice("attr.".length));
}

/** The search for values of a facet, among what the other filters leave. */
export function facetSearch(request: SearchRequest, options: ReadOptions): { facet: NamedFacet; search: Search<"facet_values"> | undefined } {
  const params = (request.params ?? {}) as Params;
  const facet = options.names.read(request.facet ?? params.facetName ?? "");
  if (!(facet.facet === "brand" || facet.facet === "category" || facet.facet === "store" || facet.facet.startsWith("attr."))) {
    throw new SearchlightError(`Values of ${facet.facet} cannot be searched.`, 0);
  }
  const wanted = readRequest({ ...request, params: { ...params, facets: [] } }, options);
  if (wanted.filters.impossible) return { facet, search: undefined };
  const parameters: Parameters = {
    ...(wanted.query ? { q: wanted.query } : {}),
    ...filterParameters(wanted.filters),
    ...wanted.passed,
    facet: facet.facet,
    facet_query: typed(params.facetQuery ?? "", MAX_FACET_QUERY),
    facet_limit: Math.min(params.maxFacetHits ?? 10, 100),
  };
  return { facet, search: { kind: "facet_values", parameters } };
}

