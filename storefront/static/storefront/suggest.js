// Completion of the search box, as the WAI-ARIA combobox pattern. combobox-nav handles keys and roles, this file fetches
// and shows the suggestions. Without it the search box is a plain form.

const MIN_LENGTH = 3; // characters
const DEBOUNCE = 150; // ms without a key before a request
const TYPE_LABELS = { category: "Category", brand: "Brand" };
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&#x2F;": "/", "&amp;": "&" };

export async function enhance(form) {
  const { default: Combobox } = await import(form.dataset.combobox);
  new Completion(form, Combobox);
}

class Completion {
  constructor(form, Combobox) {
    this.form = form;
    this.input = form.querySelector("input[type=search]");
    this.list = form.querySelector("[role=listbox]");
    this.status = form.querySelector("[role=status]");
    this.combobox = new Combobox(this.input, this.list, { tabInsertsSuggestions: false });
    this.input.addEventListener("input", () => this.schedule());
    this.input.addEventListener("focus", () => this.schedule());
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("combobox-commit", ({ target }) => {
      this.close();
      this.input.value = target.dataset.text;
      location.assign(target.dataset.url);
    });
    // Pressing an option must not take the focus, or blur would close the list before the click arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    form.addEventListener("submit", () => this.close());
    if (document.activeElement === this.input && this.input.value !== this.input.defaultValue) this.schedule();
  }

  schedule() {
    this.cancel();
    const text = this.input.value.trim();
    if (text.length < MIN_LENGTH) this.close();
    else this.timer = setTimeout(() => this.load(text), DEBOUNCE);
  }

  // A newer request aborts the older one, so that a slow old response is never shown.
  cancel() {
    clearTimeout(this.timer);
    this.request?.abort();
  }

  async load(text) {
    this.request = new AbortController();
    const url = new URL(this.form.dataset.suggest, location.href);
    url.searchParams.set("q", text);
    if (this.form.dataset.store) url.searchParams.set("store_id", this.form.dataset.store);
    try {
      const response = await fetch(url, { signal: this.request.signal, headers: { Accept: "application/json" } });
      if (!response.ok) throw new Error(`suggestions: status ${response.status}`);
      this.show(await response.json());
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show({ suggestions }) {
    if (document.activeElement !== this.input) return;
    this.list.replaceChildren(...suggestions.map((suggestion, index) => this.option(suggestion, index)));
    if (!suggestions.length) {
      this.close();
      this.status.textContent = "No suggestions";
      return;
    }
    if (this.list.hidden) {
      this.list.hidden = false;
      this.combobox.start();
    }
    this.combobox.resetSelection();
    const count = suggestions.length === 1 ? "1 suggestion" : `${suggestions.length} suggestions`;
    this.status.textContent = `${count}. Use the arrow keys to choose.`;
  }

  close() {
    this.cancel();
    this.status.textContent = "";
    if (this.list.hidden) return;
    this.combobox.stop();
    this.list.hidden = true;
  }

  // Escape closes the list; when it is closed, Escape clears the box.
  onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.list.hidden) this.input.value = "";
    else this.close();
    event.preventDefault();
  }

  // Text enters the page as text nodes only: a product may be called <script>.
  option(suggestion, index) {
    const option = document.createElement("li");
    option.role = "option";
    option.id = `${this.list.id}-${index}`;
    option.className = "suggestion";
    option.dataset.text = suggestion.text;
    option.dataset.url = this.url(suggestion);
    const text = document.createElement("span");
    text.className = "suggestion-text";
    text.dir = "auto";
    text.append(...highlighted(suggestion.highlight || suggestion.text));
    option.append(text);
    if (suggestion.type in TYPE_LABELS) {
      const type = document.createElement("span");
      type.className = "suggestion-type";
      type.textContent = TYPE_LABELS[suggestion.type];
      option.append(type);
    }
    return option;
  }

  url({ type, id, text }) {
    if (type === "product") return this.form.dataset.product.replace("/0/", `/${encodeURIComponent(id)}/`);
    const url = new URL(this.form.action);
    if (type === "query") url.searchParams.set("q", text);
    else url.searchParams.set(type, id);
    return url.href;
  }
}

// The API marks the match with <mark> in text that is otherwise escaped. Only these two tags are read as tags.
function highlighted(highlight) {
  return highlight.split(/(<mark>.*?<\/mark>)/s).map((part) => {
    const match = /^<mark>(.*)<\/mark>$/s.exec(part);
    const text = (match?.[1] ?? part).replace(/&(?:lt|gt|quot|#x27|#39|#x2F|amp);/g, (entity) => ENTITIES[entity]);
    if (!match) return document.createTextNode(text);
    const mark = document.createElement("mark");
    mark.textContent = text;
    return mark;
  });
}
