import { FacetNames } from "./facets.js";
import { createInsights, type InsightsClient } from "./insights.js";
import { facetSearch, group, type Params, readRequest, type ReadOptions, type SearchRequest, searchFor, SUGGESTIONS, typed } from "./requests.js";
import { type FacetHits, facetValuesResponse, productsResponse, type SearchResponse, suggestionsResponse } from "./responses.js";
import { Api, type ApiOptions, type Parameters, type ProductsAnswer, type SuggestAnswer, type Suggestion } from "./rest.js";

export interface SearchClientOptions extends ApiOptions {
  /** The shopper's store: its stock, its products first. */
  storeId?: number | undefined;
  /** Names of facets of your own: `{ colour: "attr.colour" }`. */
  facets?: Record<string, string> | undefined;
  /** Values of the category facet that a hierarchical menu gets at most; 200 by default. */
  categoryLimit?: number | undefined;
  /** What the server may change to find something. `words` by default: filters that are shown are never dropped. */
  relax?: "none" | "words" | "all" | undefined;
}

export interface SearchClient {
  search<T>(requests: readonly SearchRequest[]): Promise<{ results: SearchResponse<T>[] }>;
  /** The libraries' own types of this function contradict how they call it. */
  searchForFacetValues(requests: any): Promise<any>;
  /** For InstantSearch's `insights: { insightsClient }`. */
  insights: InsightsClient;
  /** Forget all answers; InstantSearch's `refresh()` does. */
  clearCache(): void;
  /** Completions of a text of at least three characters. */
  suggest(query: string, limit?: number): Promise<Suggestion[]>;
  /** Autocomplete and InstantSearch read these headers; they are not credentials. */
  transporter: { headers: Record<string, string> };
}

const MIN_SUGGEST = 3; // characters
const CREDENTIALS = { "x-algolia-application-id": "searchlight", "x-algolia-api-key": "none" };

/** A search client for InstantSearch.js, React InstantSearch, Vue InstantSearch and Autocomplete.
 *
 * Index names: `products`, sorted `products:price`, `:-price`, `:name`, `:-created`, `:popularity`; and `suggestions`.
 */
export function createSearchClient(options: SearchClientOptions): SearchClient {
  const api = new Api(options);
  const names = new FacetNames(options.facets);
  const defaults: Parameters = {
    relax: options.relax ?? "words",
    ...(options.storeId === undefined ? {} : { store_id: options.storeId }),
  };
  const reading: ReadOptions = { names, defaults };
  const limits = { categoryLimit: options.categoryLimit ?? 200, minimum: MIN_SUGGEST };

  async function products<T>(requests: readonly SearchRequest[]): Promise<SearchResponse<T>[]> {
    const wanted = requests.map((request) => readRequest(request, reading));
    const groups = group(wanted).map((each) => ({ members: each.members, search: searchFor(each, limits) }));
    const answers = await api.search(groups.flatMap(({ search }) => search ?? []));
    const responses = new Map<unknown, SearchResponse<T>>();
    for (const { members, search } of groups) {
      const answer = search && answers.shift();
      for (const member of members) {
        const response =
          member.index === SUGGESTIONS
            ? suggestionsResponse<T>(member, answer as SuggestAnswer | undefined)
            : productsResponse<T>(member, answer as ProductsAnswer | undefined, names);
        responses.set(member, response);
      }
    }
    return wanted.map((each) => responses.get(each) as SearchResponse<T>);
  }

  async function facetValues(requests: readonly SearchRequest[]): Promise<FacetHits[]> {
    const searches = requests.map((request) => facetSearch(request, reading));
    const answers = await api.search(searches.flatMap(({ search }) => search ?? []));
    return searches.map(({ facet, search }, place) =>
      facetValuesResponse(search && answers.shift(), facet, (requests[place]?.params ?? {}) as Params),
    );
  }

  return {
    async search<T>(requests: readonly SearchRequest[]) {
      const isFacet = (request: SearchRequest) => request.type === "facet";
      const [ofFacets, ofProducts] = await Promise.all([
        facetValues(requests.filter(isFacet)),
        products<T>(requests.filter((request) => !isFacet(request))),
      ]);
      const results = requests.map((request) => (isFacet(request) ? ofFacets : ofProducts).shift());
      return { results: results as SearchResponse<T>[] };
    },
    searchForFacetValues: facetValues,
    insights: createInsights(api),
    clearCache: () => api.clearCache(),
    async suggest(query: string, limit = 10) {
      const text = typed(query.trim());
      if (text.length < MIN_SUGGEST) return [];
      const store = options.storeId === undefined ? {} : { store_id: options.storeId };
      const [answer] = await api.search([{ kind: "suggestions", parameters: { q: text, limit, ...store } }]);
      return answer?.suggestions ?? [];
    },
    transporter: { headers: CREDENTIALS },
  };
}
