export { createSuggestionsSource, type SuggestionItem, type SuggestionsSourceOptions } from "./autocomplete.js";
export { createSearchClient, type SearchClient, type SearchClientOptions } from "./client.js";
export { type InsightsClient } from "./insights.js";
export { type SearchRequest } from "./requests.js";
export { type FacetHits, type HighlightResult, type SearchlightData, type SearchResponse } from "./responses.js";
export { type Problem, SearchlightError, type Suggestion } from "./rest.js";
