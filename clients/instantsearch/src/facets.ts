/** Which facet of the REST API a name in InstantSearch means. */
import { SearchlightError } from "./rest.js";

/** A facet, and for a hierarchical menu the level of categories that the name shows. */
export interface NamedFacet {
  /** `brand`, `category`, `price`, `availability`, `on_sale`, `store` or `attr.<code>`. */
  facet: string;
  level?: number;
}

const PREFIX = "attr.";
const KNOWN: Record<string, string> = {
  brand: "brand",
  category: "category",
  categories: "category",
  price: "price",
  in_stock: "availability",
  availability: "availability",
  on_sale: "on_sale",
  store: "store",
};
const LEVEL = /^(?:category|categories|hierarchicalCategories)\.lvl(\d+)$/;

export class FacetNames {
  readonly #mapped: Record<string, string>;

  /** @param mapped names of your own: `{ colour: "attr.colour", shop: "store" }` */
  constructor(mapped: Record<string, string> = {}) {
    this.#mapped = mapped;
  }

  read(name: string): NamedFacet {
    const meant = this.#mapped[name] ?? name;
    const level = LEVEL.exec(meant);
    if (level) return { facet: "category", level: Number(level[1]) };
    if (meant.startsWith(PREFIX)) return { facet: meant };
    const facet = KNOWN[meant];
    if (facet) return { facet };
    throw new SearchlightError(
      `There is no facet ${JSON.stringify(name)}. Attributes are named attr.<code>, or by the option facets: ` +
        `{ ${JSON.stringify(name)}: "attr.${name}" }.`,
      0,
    );
  }

  /** The name in InstantSearch of an attribute's facet. */
  write(code: string): string {
    const facet = PREFIX + code;
    return Object.keys(this.#mapped).find((name) => this.#mapped[name] === facet) ?? facet;
  }
}

export function attributeCode(facet: string): string | undefined {
  return facet.startsWith(PREFIX) ? facet.slice(PREFIX.length) : undefined;
}
