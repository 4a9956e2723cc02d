/** Searchlight's REST API, as far as the adapter uses it. */

export interface FacetValue {
  value: string | boolean | number;
  count: number;
  name?: string;
}

export interface AttributeFacet {
  code: string;
  values: FacetValue[];
  min: number | null;
  max: number | null;
}

export interface Facets {
  category?: FacetValue[];
  brand?: FacetValue[];
  price?: { min: string | null; max: string | null };
  availability?: FacetValue[];
  on_sale?: FacetValue[];
  store?: FacetValue[];
  attributes?: AttributeFacet[];
}

export interface Product {
  id: number;
  highlight: Record<string, string>;
  [field: string]: unknown;
}

export interface ProductsAnswer {
  count: number;
  count_every_word: number;
  currency: string;
  results: Product[];
  facets: Facets;
  facets_describe: string;
  did_you_mean: string | null;
  relaxed: unknown[];
  interpreted: unknown[];
  degraded: boolean;
  took_ms: number;
}

export interface Suggestion {
  text: string;
  type: "product" | "category" | "brand" | "query";
  id: number | string | null;
  highlight: string;
}

export interface SuggestAnswer {
  query: string;
  suggestions: Suggestion[];
  degraded: boolean;
}

export interface FacetValuesAnswer {
  facet: string;
  values: FacetValue[];
}

export interface Answers {
  products: ProductsAnswer;
  suggestions: SuggestAnswer;
  facet_values: FacetValuesAnswer;
}

export type Kind = keyof Answers;
export type Parameters = Record<string, string | number | boolean | string[]>;

export interface Search<K extends Kind = Kind> {
  kind: K;
  parameters: Parameters;
}

export interface Problem {
  type?: string;
  title?: string;
  detail?: string;
  status?: number;
  /** What is wrong with each parameter. */
  errors?: { field: string; code?: string; message: string }[];
  [member: string]: unknown;
}

/** An answer that is not a success, or none at all (`status` 0). The message is for developers, in plain words. */
export class SearchlightError extends Error {
  override readonly name = "SearchlightError";

  constructor(
    message: string,
    readonly status: number,
    /** The body of the answer (RFC 9457): `type` names the kind of error, other members say what is wrong. */
    readonly problem: Problem = {},
    /** Seconds to wait before the next request, when the server asks for that. */
    readonly retryAfter: number | undefined = undefined,
    options: ErrorOptions = {},
  ) {
    super(message, options);
  }
}

export interface ApiOptions {
  /** Where the shop is: `https://shop.example`, or with a path. */
  url: string;
  /** Sent as `X-API-Key`. */
  apiKey?: string | undefined;
  headers?: Record<string, string> | undefined;
  fetch?: typeof fetch | undefined;
  /** Milliseconds for one request; 10,000 by default. */
  timeout?: number | undefined;
  /** Seconds for which an answer is used again for the same search; 30 by default, 0 for never. */
  cacheSeconds?: number | undefined;
}

const MAX_ADDRESS = 2000; // characters; proxies and servers refuse long ones
const MAX_CACHED = 50; // answers
/** What each kind of answer has a list of. */
const LISTS = { products: "results", suggestions: "suggestions", facet_values: "values" } as const;
const PATHS = { products: "search/products/", suggestions: "search/suggest/" } as const;

export class Api {
  readonly #base: string;
  readonly #options: ApiOptions;
  readonly #cached = new Map<string, { answers: Promise<unknown[]>; until: number }>();

  constructor(options: ApiOptions) {
    this.#base = options.url.replace(/\/*$/, "/");
    this.#options = options;
  }

  /** All searches in one request. InstantSearch repeats searches, for instance when widgets are added. */
  async search<K extends Kind>(searches: readonly Search<K>[]): Promise<Answers[K][]> {
    const key = JSON.stringify(searches);
    const known = this.#cached.get(key);
    if (known && known.until > Date.now()) return [...((await known.answers) as Answers[K][])];
    const answers = this.#send(searches);
    this.#cached.delete(key);
    this.#cached.set(key, { answers, until: Date.now() + 1000 * (this.#options.cacheSeconds ?? 30) });
    const oldest = this.#cached.keys().next().value;
    if (this.#cached.size > MAX_CACHED && oldest !== undefined) this.#cached.delete(oldest);
    // Failures and degraded answers are not cached.
    const forget = () => this.#cached.delete(key);
    answers.then((found) => found.some((answer) => "degraded" in answer && answer.degraded) && forget(), forget);
    return [...(await answers)];
  }

  clearCache(): void {
    this.#cached.clear();
  }

  /** A single search is a GET when it fits: caches answer it, and browsers do not preflight it. */
  async #send<K extends Kind>(searches: readonly Search<K>[]): Promise<Answers[K][]> {
    const [only, ...others] = searches;
    if (!only) return [];
    if (!others.length && only.kind !== "facet_values") {
      const path = PATHS[only.kind as keyof typeof PATHS];
      const address = `${path}?${queryString(only.parameters)}`;
      const isShort = this.#base.length + address.length <= MAX_ADDRESS;
      return [this.#checked(only, await (isShort ? this.#request(address) : this.#request(path, only.parameters)))];
    }
    const body = { searches: searches.map(({ kind, parameters }) => ({ kind, ...parameters })) };
    const answer = await this.#request("search/multi/", body);
    const results: unknown[] = isObject(answer) && Array.isArray(answer["results"]) ? answer["results"] : [];
    return searches.map((search, place) => {
      const result = results[place];
      if (!isObject(result) || result["problem"] === undefined) return this.#checked(search, isObject(result) && result["answer"]);
      throw refused(Number(result["status"]), result["problem"]);
    });
  }

  /** Another server may answer at this address, with whatever it likes. */
  #checked<K extends Kind>({ kind }: Search<K>, answer: unknown): Answers[K] {
    if (isObject(answer) && Array.isArray(answer[LISTS[kind]])) return answer as unknown as Answers[K];
    throw new SearchlightError(`${this.#base} did not answer as Searchlight does.`, 0);
  }

  /** Report a click. It neither delays the page nor fails it, and is sent though the page is left. */
  click(q: string, productId: number, position: number): void {
    const body = { q, product_id: productId, position };
    this.#request("search/clicks/", body, { keepalive: true }).catch(() => undefined);
  }

  async #request(path: string, body?: unknown, init: RequestInit = {}): Promise<unknown> {
    const { apiKey, headers, fetch: send = globalThis.fetch, timeout = 10_000 } = this.#options;
    const request: RequestInit = {
      ...init,
      credentials: "omit",
      signal: AbortSignal.timeout(timeout),
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(apiKey ? { "X-API-Key": apiKey } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    };
    let response: Response;
    let text: string;
    try {
      response = await send(this.#base + path, request);
      text = await response.text();
    } catch (cause) {
      const reason = (cause as Error).name === "TimeoutError" ? `did not answer within ${timeout} ms` : "could not be reached";
      const hint = reason.startsWith("could") ? " Is this page's origin in CORS_ALLOWED_ORIGINS?" : "";
      throw new SearchlightError(`${this.#base} ${reason}.${hint}`, 0, {}, undefined, { cause });
    }
    const parsed = parse(text);
    if (response.ok) return parsed;
    const wait = Number.parseInt(response.headers.get("Retry-After") ?? "", 10);
    throw refused(response.status, parsed, Number.isNaN(wait) ? undefined : wait);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function queryString(parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  return query.toString();
}

/** One readable sentence from a problem. */
function refused(status: number, given: unknown, retryAfter?: number): SearchlightError {
  const problem: Problem = isObject(given) ? given : {};
  const said = problem.detail || problem.title || "without a reason";
  const wrong = (Array.isArray(problem.errors) ? problem.errors : [])
    .map(({ field, message }) => (field ? `${field}: ${message}` : message))
    .filter((text) => !said.includes(text));
  const message = `Searchlight refused the search (${status}): ${[said, ...wrong].join(" ")}`;
  return new SearchlightError(message, status, problem, retryAfter);
}
