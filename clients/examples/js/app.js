import instantsearch from "instantsearch.js";
import {
  clearRefinements,
  configure,
  currentRefinements,
  hierarchicalMenu,
  hits,
  pagination,
  queryRuleCustomData,
  rangeInput,
  refinementList,
  searchBox,
  sortBy,
  stats,
  toggleRefinement,
} from "instantsearch.js/es/widgets";
import { createSearchClient } from "searchlight-instantsearch";
import { money, notices } from "../shared/notices.js";
import { attribute, shop } from "../shared/settings.js";
import "instantsearch.css/themes/satellite.css";
import "../shared/page.css";

const searchClient = createSearchClient({ url: shop });

const search = instantsearch({
  indexName: "products",
  searchClient,
  routing: true,
  insights: { insightsClient: searchClient.insights },
});

document.querySelector("#attribute-title").textContent = attribute;

search.addWidgets([
  configure({ hitsPerPage: 12 }),
  searchBox({ container: "#searchbox", placeholder: "Name, brand or SKU" }),
  clearRefinements({ container: "#clear" }),
  hierarchicalMenu({
    container: "#categories",
    attributes: ["categories.lvl0", "categories.lvl1", "categories.lvl2"],
    limit: 20,
  }),
  refinementList({ container: "#brand", attribute: "brand", searchable: true, showMore: true }),
  refinementList({ container: "#attribute", attribute: `attr.${attribute}`, searchable: true }),
  rangeInput({ container: "#price", attribute: "price" }),
  toggleRefinement({ container: "#in-stock", attribute: "in_stock", templates: { labelText: "In stock" } }),
  stats({ container: "#stats" }),
  sortBy({
    container: "#sort",
    items: [
      { label: "Best match", value: "products" },
      { label: "Lowest price", value: "products:price" },
      { label: "Highest price", value: "products:-price" },
      { label: "Name", value: "products:name" },
    ],
  }),
  currentRefinements({ container: "#current" }),
  queryRuleCustomData({
    container: "#notice",
    templates: {
      default: ({ items }, { html }) => html`<div class="notice">${notices(items).map((text) => html`<p>${text}</p>`)}</div>`,
    },
  }),
  hits({
    container: "#hits",
    templates: {
      item: (hit, { html, components, sendEvent }) => html`
        <a class="product" href="${shop}/product/${hit.objectID}/" onClick=${() => sendEvent("click", hit, "Product opened")}>
          <small>${hit.brand}</small>
          <strong>${components.Highlight({ hit, attribute: "name", highlightedTagName: "mark" })}</strong>
          <span>${money(hit.price)}</span>
          <small>${hit.in_stock ? "In stock" : "Sold out"}</small>
        </a>
      `,
      empty: "Nothing found.",
    },
  }),
  pagination({ container: "#pagination" }),
]);

search.start();
