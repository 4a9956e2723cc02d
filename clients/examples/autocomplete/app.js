import { autocomplete, getAlgoliaResults } from "@algolia/autocomplete-js";
import { createSearchClient, createSuggestionsSource } from "searchlight-instantsearch";
import { money } from "../shared/notices.js";
import { shop } from "../shared/settings.js";
import "@algolia/autocomplete-theme-classic";
import "../shared/page.css";

const searchClient = createSearchClient({ url: shop });
const addresses = {
  product: ({ id }) => `${shop}/product/${id}/`,
  category: ({ id }) => `${shop}/search/?category=${encodeURIComponent(id)}`,
  brand: ({ id }) => `${shop}/search/?brand=${encodeURIComponent(id)}`,
  query: ({ text }) => `${shop}/search/?q=${encodeURIComponent(text)}`,
};

autocomplete({
  container: "#box",
  placeholder: "Name, brand or SKU",
  openOnFocus: false,
  getSources: ({ query }) => [
    createSuggestionsSource({ client: searchClient, limit: 6, getUrl: (suggestion) => addresses[suggestion.type](suggestion) }),
    {
      sourceId: "products",
      getItems: () =>
        query.length < 3
          ? []
          : getAlgoliaResults({ searchClient, queries: [{ indexName: "products", params: { query, hitsPerPage: 3 } }] }),
      getItemUrl: ({ item }) => addresses.product({ id: item.objectID }),
      templates: {
        header: () => "Best matches",
        item: ({ item, html, components }) =>
          html`<a class="aa-ItemLink" href="${addresses.product({ id: item.objectID })}">
            <div class="aa-ItemContentTitle">${components.Highlight({ hit: item, attribute: "name", tagName: "mark" })}</div>
            <span>${money(item.price)}</span>
          </a>`,
      },
    },
  ],
});
