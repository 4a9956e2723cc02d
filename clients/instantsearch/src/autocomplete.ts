/** A source for `@algolia/autocomplete-js`. */
import type { SearchClient } from "./client.js";
import { highlighted } from "./highlights.js";
import type { Suggestion } from "./rest.js";

export interface SuggestionItem extends Suggestion, Record<string, unknown> {
  _highlightResult: { text: { value: string } };
}

export interface SuggestionsSourceOptions {
  client: SearchClient;
  /** At most 10. */
  limit?: number;
  /** Where a suggestion leads; without it, it is only put into the box. */
  getUrl?: (suggestion: SuggestionItem) => string | undefined;
  /** Beside a category or a brand. */
  labels?: Partial<Record<Suggestion["type"], string>>;
}

const LABELS: Partial<Record<Suggestion["type"], string>> = { category: "Category", brand: "Brand" };

/** Brands, categories, popular searches and products that the text may become. */
export function createSuggestionsSource({ client, limit = 10, getUrl, labels = LABELS }: SuggestionsSourceOptions) {
  const tags = { highlightPreTag: "__aa-highlight__", highlightPostTag: "__/aa-highlight__" };
  return {
    sourceId: "searchlight",
    async getItems({ query }: { query: string }): Promise<SuggestionItem[]> {
      const found = await client.suggest(query, limit);
      return found.map((suggestion) => {
        const { value } = highlighted(suggestion.text, suggestion.highlight, tags);
        return { ...suggestion, _highlightResult: { text: { value } } };
      });
    },
    getItemInputValue: ({ item }: { item: SuggestionItem }): string => item.text,
    getItemUrl: ({ item }: { item: SuggestionItem }): string | undefined => getUrl?.(item),
    templates: {
      item({ item, html, components }: { item: SuggestionItem; html: any; components: any }): any {
        return html`<div class="aa-ItemWrapper">
          <div class="aa-ItemContent">
            <div class="aa-ItemContentBody">
              <div class="aa-ItemContentTitle">${components.Highlight({ hit: item, attribute: "text", tagName: "mark" })}</div>
            </div>
            <span class="aa-ItemContentDescription">${labels[item.type] ?? ""}</span>
          </div>
        </div>`;
      },
    },
  };
}
