// Search, product, order, and its cancelling, by a client whose types are generated from the schema.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema.js";

declare const process: { argv: string[] };
const [, , baseUrl = "", store = ""] = process.argv;
const client = createClient<paths>({ baseUrl });

function must<T>(answer: { data?: T; error?: components["schemas"]["ProblemDetails"] }): T {
  if (answer.data === undefined) throw new Error(answer.error?.detail ?? "no answer");
  return answer.data;
}

const found = must(await client.GET("/search/products/", { params: { query: { q: "lamp" } } }));
const hit = found.results[0];
if (hit === undefined) throw new Error("nothing was found");
const product = must(await client.GET("/products/{sku}/", { params: { path: { sku: String(hit.id) } } }));
const placed = must(
  await client.POST("/orders/", {
    body: { store_id: Number(store), items: [{ product_id: product.id, quantity: 2 }] },
  }),
);
const token = { "Order-Token": placed.access_token ?? "" };
const path = { order_id: placed.id };
const read = must(await client.GET("/orders/{order_id}/", { params: { path, header: token } }));
const cancelled = must(await client.POST("/orders/{order_id}/cancel/", { params: { path, header: token } }));
const again = await client.POST("/orders/{order_id}/cancel/", { params: { path, header: token } });
console.log(JSON.stringify([hit.name, placed.status, read.total, cancelled.status, again.error?.type]));
