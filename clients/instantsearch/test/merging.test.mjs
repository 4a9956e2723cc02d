/** Whatever InstantSearch asks for: one request is sent, and it answers what Algolia would have.
 *
 * The requests are made by InstantSearch's own helper, from random refinements. The server of these tests counts as the
 * REST API does: a facet ignores its own filter. What Algolia would answer is counted request by request.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import helper from "algoliasearch-helper";
import requestBuilder from "algoliasearch-helper/src/requestBuilder.js";
import { createSearchClient } from "../dist/index.js";

const { SearchParameters } = helper;

const random = mulberry(20261128);
const pick = (values) => values[Math.floor(random() * values.length)];
const PATHS = ["A", "A > B", "A > B > C", "A > D", "E", "E > F"];
const CATALOGUE = Array.from({ length: 120 }, (_, number) => ({
  id: number + 1,
  name: `Lamp ${number}`,
  brand: pick(["Acme", "Glow", "-dash", "a:b"]),
  category: pick(PATHS),
  price: Math.round(random() * 10000) / 100,
  in_stock: random() < 0.5,
  colour: pick(["red", "blue", undefined]),
  watts: pick([5, 10, 20]),
}));
const within = (path, ancestor) => path === ancestor || path.startsWith(`${ancestor} > `);
const ancestors = (path) => path.split(" > ").map((_, level, parts) => parts.slice(0, level + 1).join(" > "));

/** A server with the semantics of the REST API. */
function shop() {
  const sent = [];
  const matches = (product, filters, except) =>
    Object.entries({
      category: () => filters.category.some((path) => within(product.category, path)),
      brand: () => filters.brand.includes(product.brand),
      in_stock: () => filters.in_stock.includes(String(product.in_stock)),
      price_min: () => product.price >= Number(filters.price_min[0]),
      price_max: () => product.price <= Number(filters.price_max[0]),
      "attr.colour": () => filters["attr.colour"].includes(product.colour),
      "attr.watts": () => filters["attr.watts"].includes(String(product.watts)),
      "attr.watts_min": () => product.watts >= Number(filters["attr.watts_min"][0]),
      "attr.watts_max": () => product.watts <= Number(filters["attr.watts_max"][0]),
    }).every(([name, holds]) => !filters[name] || name.replace(/_(min|max)$/, "") === except || holds());
  const count = (read, filters, except) => {
    const counts = new Map();
    for (const product of CATALOGUE.filter((one) => matches(one, filters, except))) {
      for (const value of read(product)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts].map(([value, number]) => ({ value, count: number }));
  };
  const numbers = (field, filters, except) => {
    const found = CATALOGUE.filter((one) => matches(one, filters, except)).map((product) => product[field]);
    return found.length ? { min: Math.min(...found), max: Math.max(...found) } : { min: null, max: null };
  };
  const answer = (filters) => ({
    count: CATALOGUE.filter((one) => matches(one, filters)).length,
    results: CATALOGUE.filter((one) => matches(one, filters))
      .slice(0, Number(filters.page_size[0]))
      .map((product) => ({ ...product, highlight: {} })),
    facets: {
      brand: count(({ brand }) => [brand], filters, "brand"),
      category: count(({ category }) => ancestors(category), filters, "category"),
      availability: count(({ in_stock: there }) => [there], filters, "in_stock"),
      price: numbers("price", filters, "price"),
      attributes: [
        { code: "colour", values: count(({ colour }) => (colour ? [colour] : []), filters, "attr.colour"), min: null, max: null },
        { code: "watts", values: count(({ watts }) => [watts], filters, "attr.watts"), ...numbers("watts", filters, "attr.watts") },
      ],
    },
    relaxed: [],
    took_ms: 1,
  });
  const lists = (parameters) => Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, [value].flat().map(String)]));
  const fetch = async (address, { method = "GET", body } = {}) => {
    const url = new URL(address);
    const query = Object.fromEntries([...new Set(url.searchParams.keys())].map((name) => [name, url.searchParams.getAll(name)]));
    const read = body ? JSON.parse(body) : query;
    sent.push({ method, address, searches: read.searches?.length ?? 1 });
    const json = read.searches
      ? { results: read.searches.map((each) => ({ status: 200, answer: answer(lists(each)) })) }
      : answer(lists(read));
    return new Response(JSON.stringify(json));
  };
  return { sent, client: createSearchClient({ url: "https://shop.example", fetch, facets: { colour: "attr.colour" } }) };
}

/** What Algolia answers to one request. */
function expected({ params }) {
  const value = (product, name) =>
    ({
      "categories.lvl0": ancestors(product.category)[0],
      "categories.lvl1": ancestors(product.category)[1],
      "categories.lvl2": ancestors(product.category)[2],
      colour: product.colour,
      "attr.watts": product.watts,
    })[name] ?? product[name];
  const holds = (product, filter) => {
    const end = filter.indexOf(":");
    return String(value(product, filter.slice(0, end))) === filter.slice(end + 1).replace(/^\\-/, "-");
  };
  const compares = (product, filter) => {
    const [, name, operator, number] = /^(.+?)(<=|>=|=)(.+)$/.exec(filter);
    const own = value(product, name);
    return operator === "=" ? own === Number(number) : operator === "<=" ? own <= Number(number) : own >= Number(number);
  };
  const hits = CATALOGUE.filter(
    (product) =>
      (params.facetFilters ?? []).every((group) => [group].flat().some((filter) => holds(product, filter))) &&
      (params.numericFilters ?? []).every((group) => [group].flat().some((filter) => compares(product, filter))),
  );
  const facets = {};
  for (const name of [params.facets ?? []].flat()) {
    facets[name] = {};
    if (name === "price") continue;
    for (const product of hits) {
      const own = value(product, name);
      if (own !== undefined) facets[name][own] = (facets[name][own] ?? 0) + 1;
    }
  }
  return { facets, nbHits: hits.length, size: params.hitsPerPage };
}

function state() {
  const hierarchy = { name: "categories.lvl0", attributes: ["categories.lvl0", "categories.lvl1", "categories.lvl2"], separator: " > " };
  let one = new SearchParameters({
    index: "products",
    query: pick(["", "lamp"]),
    hitsPerPage: pick([0, 4, 20]),
    maxValuesPerFacet: 100,
    facets: ["in_stock"],
    disjunctiveFacets: ["brand", "colour", "attr.watts", "price"],
    hierarchicalFacets: [hierarchy],
  });
  for (const brand of ["Acme", "Glow", "\\-dash", "a:b"]) if (random() < 0.25) one = one.addDisjunctiveFacetRefinement("brand", brand);
  if (random() < 0.3) one = one.addDisjunctiveFacetRefinement("colour", "red");
  if (random() < 0.3) one = one.addFacetRefinement("in_stock", pick(["true", "false"]));
  if (random() < 0.3) one = one.addNumericRefinement("price", ">=", 20);
  if (random() < 0.3) one = one.addNumericRefinement("price", "<=", pick([70, 10]));
  if (random() < 0.3) one = one.addNumericRefinement("attr.watts", pick([">=", "="]), 10);
  if (random() < 0.6) one = one.addHierarchicalFacetRefinement("categories.lvl0", pick(PATHS));
  return one;
}

test("random refinements of one index: one request, with the counts that Algolia would have", async () => {
  let merged = 0;
  for (let round = 0; round < 100; round += 1) {
    const requests = requestBuilder._getQueries("products", state());
    merged += requests.length - 1;
    const { client, sent } = shop();
    const { results } = await client.search(requests);
    assert.ok(sent.length <= 1, `${sent.length} requests for ${JSON.stringify(requests)}`);
    if (expected(requests[0]).nbHits) assert.equal(sent[0].searches, 1);
    assert.equal(results.length, requests.length);
    requests.forEach((request, place) => {
      const { facets, nbHits, size } = expected(request);
      assert.deepEqual(results[place].facets, facets, JSON.stringify({ place, requests }, null, 1));
      if (place === 0) {
        assert.equal(results[0].nbHits, nbHits);
        assert.equal(results[0].hits.length, Math.min(nbHits, size));
      }
    });
  }
  assert.ok(merged > 75, "too few requests were there to be merged");
});

test("several indices: one request with one search for each", async () => {
  for (let round = 0; round < 20; round += 1) {
    const [left, right] = [state().setQueryParameter("query", "lamp"), state().setQueryParameter("query", "shade")];
    const requests = [...requestBuilder._getQueries("products", left), ...requestBuilder._getQueries("products:price", right)];
    const { client, sent } = shop();
    const { results } = await client.search(requests);
    assert.ok(sent.length <= 1);
    const mains = [requests[0], requests.find(({ indexName }) => indexName === "products:price")];
    if (mains.every((request) => expected(request).nbHits)) assert.equal(sent[0].searches, 2);
    requests.forEach((request, place) => assert.deepEqual(results[place].facets, expected(request).facets));
  }
});

function mulberry(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
