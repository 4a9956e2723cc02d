// Widgets that the other example does not have, and a second index.
import instantsearch from "instantsearch.js";
import {
  breadcrumb,
  dynamicWidgets,
  hitsPerPage,
  hierarchicalMenu,
  hits,
  index,
  infiniteHits,
  menu,
  menuSelect,
  numericMenu,
  panel,
  rangeSlider,
  refinementList,
  searchBox,
  stats,
  toggleRefinement,
} from "instantsearch.js/es/widgets";
import { createSearchClient } from "searchlight-instantsearch";
import { attribute, shop } from "../shared/settings.js";
import "instantsearch.css/themes/satellite.css";
import "../shared/page.css";

const searchClient = createSearchClient({ url: shop, facets: { attribute: `attr.${attribute}` } });
const search = instantsearch({ indexName: "products", searchClient });
const categories = { attributes: ["categories.lvl0", "categories.lvl1", "categories.lvl2"] };
const titled = (widget, title) => panel({ templates: { header: title } })(widget);

search.addWidgets([
  searchBox({ container: "#searchbox" }),
  index({ indexName: "suggestions", indexId: "suggestions" }).addWidgets([
    hits({
      container: "#box-suggestions",
      templates: { item: (hit, { html, components }) => html`${components.Highlight({ hit, attribute: "text" })}`, empty: "" },
    }),
  ]),
  menu({ container: "#brand-menu", attribute: "brand" }),
  menuSelect({ container: "#brand-select", attribute: "brand" }),
  rangeSlider({ container: "#price-slider", attribute: "price", pips: false }),
  numericMenu({
    container: "#price-menu",
    attribute: "price",
    items: [{ label: "Any price" }, { label: "Up to 30", end: 30 }, { label: "30 to 40", start: 30, end: 40 }, { label: "From 40", start: 40 }],
  }),
  toggleRefinement({ container: "#on-sale", attribute: "on_sale", templates: { labelText: "On sale" } }),
  dynamicWidgets({
    container: "#dynamic",
    widgets: [(container) => hierarchicalMenu({ container, ...categories })],
    fallbackWidget: ({ container, attribute: name }) =>
      titled(refinementList, name)({ container, attribute: name }),
  }),
  stats({ container: "#stats" }),
  hitsPerPage({
    container: "#per-page",
    items: [
      { label: "6 a page", value: 6, default: true },
      { label: "24 a page", value: 24 },
    ],
  }),
  breadcrumb({ container: "#breadcrumb", ...categories }),
  infiniteHits({
    container: "#infinite",
    templates: {
      item: (hit, { html, components }) =>
        html`<div class="product">${components.Highlight({ hit, attribute: "name", highlightedTagName: "mark" })}</div>`,
    },
  }),
]);

search.start();
