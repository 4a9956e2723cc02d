import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import {
  ClearRefinements,
  Configure,
  CurrentRefinements,
  HierarchicalMenu,
  Highlight,
  Hits,
  InstantSearch,
  Pagination,
  RangeInput,
  RefinementList,
  SearchBox,
  SortBy,
  Stats,
  ToggleRefinement,
  useInstantSearch,
} from "react-instantsearch";
import { createSearchClient } from "searchlight-instantsearch";
import { money, notices } from "../shared/notices.js";
import { attribute, shop } from "../shared/settings.js";
import "instantsearch.css/themes/satellite.css";
import "../shared/page.css";

const searchClient = createSearchClient({ url: shop });
const sorts = [
  { label: "Best match", value: "products" },
  { label: "Lowest price", value: "products:price" },
  { label: "Highest price", value: "products:-price" },
];

function Product({ hit, sendEvent }) {
  return (
    <a className="product" href={`${shop}/product/${hit.objectID}/`} onClick={() => sendEvent("click", hit, "Product opened")}>
      <small>{hit.brand}</small>
      <strong>
        <Highlight hit={hit} attribute="name" highlightedTagName="mark" />
      </strong>
      <span>{money(hit.price)}</span>
      <small>{hit.in_stock ? "In stock" : "Sold out"}</small>
    </a>
  );
}

function Notices() {
  const { results, error } = useInstantSearch({ catchError: true });
  const texts = error ? [error.message] : notices(results.userData);
  return (
    <div className="notice" role="status">
      {texts.map((text) => (
        <p key={text}>{text}</p>
      ))}
    </div>
  );
}

function App() {
  return (
    <InstantSearch indexName="products" searchClient={searchClient} insights={{ insightsClient: searchClient.insights }}>
      <Configure hitsPerPage={12} />
      <h1>React InstantSearch</h1>
      <SearchBox placeholder="Name, brand or SKU" />
      <div className="columns">
        <aside>
          <ClearRefinements />
          <h2>Category</h2>
          <HierarchicalMenu attributes={["categories.lvl0", "categories.lvl1", "categories.lvl2"]} limit={20} />
          <h2>Brand</h2>
          <RefinementList attribute="brand" searchable showMore />
          <h2>{attribute}</h2>
          <RefinementList attribute={`attr.${attribute}`} />
          <h2>Price</h2>
          <RangeInput attribute="price" />
          <h2>Availability</h2>
          <ToggleRefinement attribute="in_stock" label="In stock" />
        </aside>
        <main>
          <div className="bar">
            <Stats />
            <SortBy items={sorts} />
          </div>
          <CurrentRefinements />
          <Notices />
          <Hits hitComponent={Product} />
          <Pagination />
        </main>
      </div>
    </InstantSearch>
  );
}

createRoot(document.querySelector("#app")).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
