/** Highlights: the API marks matches with <mark> in escaped text; InstantSearch wants tags of its own in plain text. */

export interface Tags {
  highlightPreTag?: string;
  highlightPostTag?: string;
}

const ENTITIES: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#x27": "'", "#39": "'", "#x2F": "/", amp: "&" };
const MARKED = /<mark>(.*?)<\/mark>/gs;

/** The text with the given tags around what matched. Without tags it stays HTML: escaped, with <mark>. */
export function highlighted(text: string, highlight: string | undefined, tags: Tags): { value: string; words: string[] } {
  const html = highlight ?? escape(text);
  const words = [...html.matchAll(MARKED)].map(([, word = ""]) => unescape(word));
  const { highlightPreTag: before, highlightPostTag: after } = tags;
  if (before === undefined || after === undefined) return { value: html, words };
  const value = html
    .split(/(<mark>.*?<\/mark>)/s)
    .map((piece) => {
      const [, word] = /^<mark>(.*)<\/mark>$/s.exec(piece) ?? [];
      return word === undefined ? unescape(piece) : before + unescape(word) + after;
    })
    .join("");
  return { value, words };
}

/** A facet's value with the starts of its words marked that were typed. */
export function marked(text: string, typed: string, tags: Tags): string {
  const starts = typed.trim().split(/\s+/).filter(Boolean).map(fold);
  const html = text.replace(/[\p{L}\p{M}\p{N}]+/gu, (word) => {
    const folded = fold(word);
    const start = starts.filter((one) => folded.startsWith(one)).sort((one, other) => other.length - one.length)[0];
    // A folded word may have another length; then all of it is marked.
    const end = folded.length === word.length ? start?.length : word.length;
    return start ? `\u0001${word.slice(0, end)}\u0002${word.slice(end)}` : word;
  });
  return highlighted(text, escape(html).replaceAll("\u0001", "<mark>").replaceAll("\u0002", "</mark>"), tags).value;
}

function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&${{ "&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "#x27" }[sign]};`);
}

function unescape(html: string): string {
  return html.replace(/&(#?\w+);/g, (entity, name: string) => ENTITIES[name] ?? entity);
}
