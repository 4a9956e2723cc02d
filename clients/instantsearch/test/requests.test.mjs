/** What a filter, a page and a failure become. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createSearchClient, SearchlightError } from "../dist/index.js";

function shop(respond = () => Response.json({ count: 0, results: [], facets: {} })) {
  const sent = [];
  const fetch = async (address) => {
    sent.push(new URL(address).searchParams);
    return respond();
  };
  return { sent, client: createSearchClient({ url: "https://shop.example", fetch }) };
}

async function parameters(params) {
  const { client, sent } = shop();
  await client.search([{ indexName: "products", params }]);
  const own = [...(sent[0] ?? [])].filter(([name]) => /^(brand|category|price|in_stock|on_sale|store_id|attr\.)/.test(name));
  return sent.length ? own.map((pair) => pair.join("=")).sort().join("&") : "nothing is sent";
}

const refusal = (pattern) => (error) => error instanceof SearchlightError && pattern.test(error.message);

test("filters are sent as parameters", async () => {
  for (const [filters, expected] of [
    [`brand:A AND (category:B OR category:'C > D') AND price>=1.5`, "brand=A&category=B&category=C > D&price_min=1.5"],
    [`"brand" : "A" AND attr.watts: -5 TO 1e1`, "attr.watts_max=10&attr.watts_min=-5&brand=A"],
    [`brand:Levi's AND brand:"Levi's"`, "brand=Levi's"],
    [`brand:"a \\"b\\" (c) AND d:e"`, `brand=a "b" (c) AND d:e`],
    [`category:"Books > 2024"`, "category=Books > 2024"],
    [`category:Books>=2024`, "category=Books>=2024"],
    [`attr.range:"1 TO 5"`, "attr.range=1 TO 5"],
    [`attr.range:"-5" OR attr.range:'x >= 1'`, "attr.range=-5&attr.range=x >= 1"],
    ["(brand:A OR brand:B) AND brand:B", "brand=B"],
    ["in_stock:true AND in_stock=1", "in_stock=true"],
    ["on_sale:0", "on_sale=false"],
  ]) {
    assert.equal(await parameters({ filters }), expected, filters);
  }
});

test("a yes or no is compared as 1 or 0", async () => {
  for (const [condition, expected] of [
    ["in_stock>=1", "in_stock=true"],
    ["in_stock > 0", "in_stock=true"],
    ["in_stock!=0", "in_stock=true"],
    ["in_stock<1", "in_stock=false"],
    ["in_stock=0", "in_stock=false"],
    ["in_stock>=0", ""],
    ["in_stock:1 TO 9", "in_stock=true"],
    ["on_sale>=1", "on_sale=true"],
  ]) {
    assert.equal(await parameters({ numericFilters: [condition] }), expected, condition);
  }
  assert.equal(await parameters({ numericFilters: ["in_stock>0"], facetFilters: ["in_stock:false"] }), "nothing is sent");
});

test("what the API cannot do is refused, not left out", async () => {
  for (const [params, pattern] of [
    ...["brand", "category", "store"].map((name) => [{ numericFilters: [`${name}>=1`] }, /has no bounds/]),
    [{ filters: "brand:1 TO 5" }, /has no bounds/],
    [{ numericFilters: ["in_stock>=2"] }, /true \(1\) or false \(0\)/],
    [{ facetFilters: ["in_stock:false", "store:3"] }, /in_stock:false/],
    [{ facetFilters: ["store:3", "in_stock:false"] }, /in_stock:false/],
    [{ facetFilters: "[not json" }, /not a list of filters/],
    [{ filters: "price > 5" }, /Bounds are inclusive/],
    [{ filters: "NOT brand:A" }, /cannot be excluded/],
    [{ filters: "brand:A AND NOT brand:B" }, /cannot be excluded/],
    [{ filters: "brand:-A" }, /cannot be excluded/],
    [{ filters: "(brand:A OR (brand:B AND brand:C))" }, /AND inside brackets/],
    ...[
      "(brand:A OR brand:B) brand:C",
      "brand:A Tools",
      "brand:A(B)",
      `brand:"A`,
      `brand:"A"B`,
      "brand:A AND",
      "AND brand:A",
      "(brand:A",
      "brand:A)",
      "brand:",
      "brand",
    ].map((filters) => [{ filters }, /These are not filters/]),
  ]) {
    await assert.rejects(parameters(params), refusal(pattern), JSON.stringify(params));
  }
});

test("the last page is one that the API answers", async () => {
  for (const [count, hitsPerPage, pages] of [
    [25_000, 24, 416],
    [25_000, 20, 500],
    [9_999, 24, 416],
    [100, 24, 5],
    [0, 24, 0],
  ]) {
    const { client } = shop(() => Response.json({ count, results: [], facets: {} }));
    const { results } = await client.search([{ indexName: "products", params: { hitsPerPage } }]);
    assert.equal(results[0].nbPages, pages, `${count} hits by ${hitsPerPage}`);
  }
});

test("what a shopper types or pastes is never refused", async () => {
  const sent = [];
  const fetch = async (address, { body } = {}) => {
    const given = body ? JSON.parse(body) : Object.fromEntries(new URL(address).searchParams);
    const answer = { count: 0, results: [], values: [], suggestions: [], facets: {} };
    sent.push(...(given.searches ?? [given]));
    return Response.json(given.searches ? { results: given.searches.map(() => ({ status: 200, answer })) } : answer);
  };
  const client = createSearchClient({ url: "https://shop.example", fetch });
  for (const [text, query] of [
    ["lamp ".repeat(200), "lamp ".repeat(40)],
    ["\u{1f4a1}".repeat(201), "\u{1f4a1}".repeat(200)],
    ["\u{1f4a1}".repeat(300).slice(0, 99), "\u{1f4a1}".repeat(49) + "\ufffd"], // cut by the page itself
    ["lamp\0", "lamp\ufffd"],
  ]) {
    sent.length = 0;
    await client.search(["brand", "category"].map((facet) => ({ indexName: "products", params: { query: text, facets: [facet], filters: `${facet}:A` } })));
    await client.searchForFacetValues([{ indexName: "products", params: { query: text, facetName: "brand", facetQuery: text } }]);
    await client.suggest(text);
    assert.deepEqual(sent.map(({ q }) => q.trim()), Array(4).fill(query.trim()), text);
    assert.equal(sent[2].facet_query, [...query].slice(0, 50).join(""));
  }
});

test("a page behind the last that the API answers has no hits", async () => {
  for (const [page, sent] of [
    [499, { page_size: "20", page: "500" }],
    [500, { page_size: "0", page: undefined }],
    [1e9, { page_size: "0", page: undefined }],
  ]) {
    const { client, sent: searches } = shop(() => Response.json({ count: 25_000, results: [], facets: {} }));
    const { results } = await client.search([{ indexName: "products", params: { page, hitsPerPage: 20 } }]);
    const { page_size, page: number } = Object.fromEntries(searches[0]);
    assert.deepEqual({ page_size, page: number }, sent);
    assert.deepEqual([results[0].page, results[0].nbPages, results[0].hitsPerPage, results[0].nbHits], [page, 500, 20, 25_000]);
  }
});

test("every failure is a SearchlightError", async () => {
  const cut = new ReadableStream({ start: (stream) => stream.error(new TypeError("terminated")) });
  for (const [respond, pattern] of [
    [() => new Response(cut), /could not be reached/],
    [() => Response.json(null), /did not answer as/],
    [() => new Response("<p>Welcome", { headers: { "Content-Type": "text/html" } }), /did not answer as/],
    [() => Response.json({}), /did not answer as/],
    [() => Response.json([]), /did not answer as/],
    [() => Response.json({ errors: { q: "wrong" } }, { status: 400 }), /refused the search \(400\)/],
    [() => Response.json("no", { status: 500 }), /refused the search \(500\)/],
  ]) {
    const { client } = shop(respond);
    await assert.rejects(client.search([{ indexName: "products", params: {} }]), refusal(pattern));
    await assert.rejects(client.search(["a", "b"].map((query) => ({ indexName: "products", params: { query } }))), SearchlightError);
  }
  const { client } = shop();
  const params = { query: "lamp \ud83d", clickAnalytics: true };
  const { results } = await client.search([{ indexName: "products", params }]);
  assert.equal(decodeURIComponent(results[0].queryID), "q:lamp \ufffd");
});
