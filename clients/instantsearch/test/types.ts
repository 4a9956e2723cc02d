/** The client is what each library expects. Only compiled. */
import { autocomplete } from "@algolia/autocomplete-js";
import instantsearch from "instantsearch.js";
import { createSearchClient, createSuggestionsSource, type SuggestionItem } from "../src/index.js";

const client = createSearchClient({ url: "https://shop.example" });
instantsearch({ indexName: "products", searchClient: client, insights: { insightsClient: client.insights } });
autocomplete<SuggestionItem>({
  container: "#box",
  getSources: () => [createSuggestionsSource({ client, getUrl: ({ id }) => `/products/${id}` })],
});
