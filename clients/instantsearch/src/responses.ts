/** Answers of the REST API as responses that InstantSearch reads. */
import { attributeCode, type FacetNames, type NamedFacet } from "./facets.js";
import { type Filter, isWithin, SEPARATOR } from "./filters.js";
import { highlighted, marked } from "./highlights.js";
import { queryId } from "./insights.js";
import { MAX_WINDOW, type Wanted } from "./requests.js";
import type { AttributeFacet, Facets, FacetValue, FacetValuesAnswer, Product, ProductsAnswer, SuggestAnswer } from "./rest.js";

export interface HighlightResult {
  value: string;
  matchLevel: "none" | "partial" | "full";
  matchedWords: string[];
  fullyHighlighted?: boolean;
}

export interface SearchResponse<T = Record<string, unknown>> {
  hits: Array<T & { objectID: string; _highlightResult: Record<string, HighlightResult> }>;
  index: string;
  query: string;
  params: string;
  page: number;
  nbPages: number;
  hitsPerPage: number;
  nbHits: number;
  exhaustiveNbHits: boolean;
  exhaustiveFacetsCount: boolean;
  processingTimeMS: number;
  facets: Record<string, Record<string, number>>;
  facets_stats: Record<string, { min: number; max: number }>;
  queryID?: string;
  renderingContent?: { facetOrdering: { facets: { order: string[] } } };
  /** What Searchlight says besides: one object. */
  userData: SearchlightData[];
}

/** How a search was understood and changed: `results.userData[0]`. */
export interface SearchlightData {
  degraded: boolean;
  did_you_mean: string | null;
  relaxed: unknown[];
  interpreted: unknown[];
  count_every_word: number;
  facets_describe: string;
  currency: string;
  stores: Record<string, string>;
}

const HIGHLIGHTED = ["name", "brand", "category", "sku"];
const NOTHING: ProductsAnswer = {
  count: 0,
  count_every_word: 0,
  currency: "",
  results: [],
  facets: {},
  facets_describe: "every_word",
  did_you_mean: null,
  relaxed: [],
  interpreted: [],
  degraded: false,
  took_ms: 0,
};

/** The response to one request of a group. `answer` undefined: no product can fulfil its filters. */
export function productsResponse<T>(wanted: Wanted, answer: ProductsAnswer = NOTHING, names: FacetNames): SearchResponse<T> {
  const { params, page, size } = wanted;
  const facets = shownFacets(wanted, answer.facets, names);
  const stores = (answer.facets.store ?? []).map(({ value, name = "" }) => [String(value), name]);
  return {
    hits: size ? (answer.results.map((product) => hit(product, params)) as SearchResponse<T>["hits"]) : [],
    index: indexName(wanted),
    query: wanted.query,
    params: "",
    page,
    nbPages: size ? Math.min(Math.ceil(answer.count / size), Math.floor(MAX_WINDOW / size)) : 0,
    hitsPerPage: size,
    nbHits: answer.count,
    exhaustiveNbHits: true,
    exhaustiveFacetsCount: true,
    processingTimeMS: Math.round(answer.took_ms),
    facets: Object.fromEntries([...facets].map(([name, facet]) => [name, counts(facet, wanted, answer.facets)])),
    facets_stats: Object.fromEntries([...facets].flatMap(([name, { facet }]) => stats(name, facet, answer.facets))),
    ...(params.clickAnalytics ? { queryID: queryId(wanted.query) } : {}),
    ...(wanted.everyFacet ? { renderingContent: { facetOrdering: { facets: { order: ordered(facets) } } } } : {}),
    userData: [
      {
        degraded: answer.degraded,
        did_you_mean: answer.did_you_mean,
        relaxed: answer.relaxed,
        interpreted: answer.interpreted,
        count_every_word: answer.count_every_word,
        facets_describe: answer.facets_describe,
        currency: answer.currency,
        stores: Object.fromEntries(stores) as Record<string, string>,
      },
    ],
  };
}

export function suggestionsResponse<T>(wanted: Wanted, answer?: SuggestAnswer): SearchResponse<T> {
  const hits = (answer?.suggestions ?? []).slice(0, wanted.size).map((suggestion) => ({
    ...suggestion,
    objectID: `${suggestion.type}:${suggestion.id ?? suggestion.text}`,
    query: suggestion.text,
    _highlightResult: Object.fromEntries(
      ["text", "query"].map((field) => [field, result(suggestion.text, suggestion.highlight, wanted.params)]),
    ),
  }));
  const empty = productsResponse<T>({ ...wanted, facets: new Map(), everyFacet: false }, undefined, undefined as never);
  const userData = empty.userData.map((data) => ({ ...data, degraded: answer?.degraded ?? false }));
  return { ...empty, hits: hits as unknown as SearchResponse<T>["hits"], nbHits: hits.length, nbPages: 1, userData };
}

export interface FacetHits {
  facetHits: { value: string; highlighted: string; count: number }[];
  exhaustiveFacetsCount: boolean;
  processingTimeMS: number;
}

export function facetValuesResponse(
  answer: FacetValuesAnswer | undefined,
  { level }: NamedFacet,
  params: { facetQuery?: string; highlightPreTag?: string; highlightPostTag?: string },
): FacetHits {
  const values = (answer?.values ?? []).filter(({ value }) => level === undefined || depth(String(value)) === level);
  const facetHits = values.map(({ value, count }) => ({
    value: String(value),
    highlighted: marked(String(value), params.facetQuery ?? "", params),
    count,
  }));
  return { facetHits, exhaustiveFacetsCount: true, processingTimeMS: 0 };
}

function indexName({ index, sort }: Wanted): string {
  return sort === "relevance" ? index : `${index}:${sort}`;
}

function hit(product: Product, params: Wanted["params"]): Record<string, unknown> {
  const { highlight, ...fields } = product;
  const texts = new Set([...HIGHLIGHTED, ...Object.keys(highlight ?? {})]);
  const results = [...texts].map((field) => [field, result(String(fields[field] ?? ""), highlight?.[field], params)]);
  return { ...fields, objectID: String(product.id), _highlightResult: Object.fromEntries(results) };
}

function result(text: string, highlight: string | undefined, params: Wanted["params"]): HighlightResult {
  const { value, words } = highlighted(text, highlight, params);
  return { value, matchLevel: words.length ? "full" : "none", matchedWords: words, fullyHighlighted: false };
}

/** The facets of a response: those that were asked for, or with `*` all that help to choose. */
function shownFacets(wanted: Wanted, facets: Facets, names: FacetNames): Map<string, NamedFacet> {
  if (!wanted.everyFacet) return wanted.facets;
  // A hierarchical menu reads the levels down to the one below what is chosen.
  const chosen = Math.max(-1, ...(wanted.filters.byFacet.get("category")?.values ?? []).map(depth));
  const levels = Array.from({ length: chosen + 2 }, (_, level) => `categories.lvl${level}`);
  // `dynamicWidgets` takes away what is not named, and with it the filter. What is chosen stays, though nothing is found.
  const filtered = [...wanted.filters.byFacet.keys()].flatMap((facet) => attributeCode(facet) ?? []);
  const codes = [...(facets.attributes ?? []).map(({ code }) => code), ...filtered];
  const found = [...levels, "brand", "price", ...codes.map((code) => names.write(code))];
  return new Map([...wanted.facets, ...found.map((name): [string, NamedFacet] => [name, names.read(name)])]);
}

/** Names for `dynamicWidgets`; a menu of several levels is named by its first. */
function ordered(facets: Map<string, NamedFacet>): string[] {
  return [...facets].flatMap(([name, { level }]) => (level ? [] : [name]));
}

function valuesOf(facet: string, facets: Facets): FacetValue[] {
  const code = attributeCode(facet);
  if (code !== undefined) return attribute(code, facets)?.values ?? [];
  if (facet === "price") return [];
  return facets[facet as "brand" | "category" | "availability" | "on_sale" | "store"] ?? [];
}

function attribute(code: string, facets: Facets): AttributeFacet | undefined {
  return facets.attributes?.find((each) => each.code === code);
}

/** Counts of a facet's values among the products that the request's own filter leaves. */
function counts({ facet, level }: NamedFacet, { filters, params }: Wanted, facets: Facets): Record<string, number> {
  const own = filters.byFacet.get(facet);
  let values = valuesOf(facet, facets).map(({ value, count }): [string, number] => [String(value), count]);
  if (facet === "category") {
    if (own?.values) values = categoriesWithin(values, own.values);
    if (level !== undefined) values = values.filter(([path]) => depth(path) === level);
  } else if (own) {
    values = values.filter(([value]) => fulfils(value, own));
  }
  if (params.maxValuesPerFacet !== undefined) {
    const most = [...values].sort(([, one], [, other]) => other - one).slice(0, params.maxValuesPerFacet);
    const kept = new Set(most.map(([value]) => value));
    values = values.filter(([value]) => kept.has(value));
  }
  return Object.fromEntries(values);
}

function depth(path: string): number {
  return path.split(SEPARATOR).length - 1;
}

/** What is in the chosen categories, with as many products of an ancestor as the chosen ones below it have. */
function categoriesWithin(values: [string, number][], chosen: string[]): [string, number][] {
  const total = new Map(values);
  const outermost = chosen.filter((path) => !chosen.some((other) => other !== path && isWithin(path, other)));
  return values.flatMap(([path, count]): [string, number][] => {
    if (outermost.some((one) => isWithin(path, one))) return [[path, count]];
    const below = outermost.filter((one) => isWithin(one, path));
    const common = below.reduce((sum, one) => sum + (total.get(one) ?? 0), 0);
    return common ? [[path, common]] : [];
  });
}

function fulfils(value: string, { values, min = -Infinity, max = Infinity }: Filter): boolean {
  if (values) return values.some((one) => one === value || (one !== "" && Number(one) === Number(value)));
  return Number(value) >= min && Number(value) <= max;
}

function stats(name: string, facet: string, facets: Facets): [string, { min: number; max: number }][] {
  const code = attributeCode(facet);
  const bounds = code === undefined ? (facet === "price" ? facets.price : undefined) : attribute(code, facets);
  if (bounds?.min == null || bounds.max == null) return [];
  return [[name, { min: Number(bounds.min), max: Number(bounds.max) }]];
}
