// Completion of the search box: the WAI-ARIA combobox pattern. Keys and roles are combobox-nav's; fetching is ours.
// Without this file the box is a plain form.

const MIN_LENGTH = 3;
const PAUSE = 150; // ms without a key before asking
const TYPES = { product: "", category: "Category", brand: "Brand" };

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
    this.list.addEventListener("combobox-commit", (event) => this.choose(event.target));
    // Pressing an option must not take the focus, or blur would close the list before the click arrives.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    form.addEventListener("submit", () => this.close());
    if (document.activeElement === this.input && this.input.value !== this.input.defaultValue) this.schedule();
  }

  schedule() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const text = this.input.value.trim();
    if (text.length < MIN_LENGTH) {
      this.close();
      return;
    }
    this.timer = setTimeout(() => this.ask(text), PAUSE);
  }

  // A newer question aborts the older one, so a slow old answer is never shown.
  async ask(text) {
    this.asking = new AbortController();
    const address = new URL(this.form.dataset.suggest, location.href);
    address.searchParams.set("q", text);
    if (this.form.dataset.store) address.searchParams.set("store_id", this.form.dataset.store);
    try {
      const answer = await fetch(address, { signal: this.asking.signal, headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`suggest answered ${answer.status}`);
      this.show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") this.close();
    }
  }

  show({ suggestions }) {
    if (document.activeElement !== this.input) return;
    this.list.replaceChildren(...suggestions.map((suggestion, place) => this.option(suggestion, place)));
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
    const number = suggestions.length === 1 ? "1 suggestion" : `${suggestions.length} suggestions`;
    this.status.textContent = `${number}. Use the arrow keys to choose.`;
  }

  close() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.status.textContent = "";
    if (this.list.hidden) return;
    this.combobox.stop();
    this.list.hidden = true;
  }

  onKey(event) {
    if (event.key !== "Escape" || event.isComposing) return;
    if (this.list.hidden) {
      this.input.value = "";
    } else {
      this.close();
    }
    event.preventDefault();
  }

  choose(option) {
    this.close();
    this.input.value = option.dataset.text;
    location.assign(option.dataset.address);
  }

  // Text enters the page as text nodes only: a product may be called <script>.
  option(suggestion, place) {
    const option = document.createElement("li");
    option.role = "option";
    option.id = `${this.list.id}-${place}`;
    option.className = "suggestion";
    option.dataset.text = suggestion.text;
    option.dataset.address = this.address(suggestion);
    const text = document.createElement("span");
    text.className = "suggestion-text";
    text.dir = "auto";
    text.append(...marked(suggestion.highlight || suggestion.text));
    option.append(text);
    if (TYPES[suggestion.type]) {
      const type = document.createElement("span");
      type.className = "suggestion-type";
      type.textContent = TYPES[suggestion.type];
      option.append(type);
    }
    return option;
  }

  address({ type, id, text }) {
    if (type === "product") return this.form.dataset.product.replace("/0/", `/${encodeURIComponent(id)}/`);
    const address = new URL(this.form.action);
    if (type === "query") address.searchParams.set("q", text);
    else address.searchParams.set(type, id);
    return address.href;
  }
}

// The API marks the match with <mark> in text that is otherwise escaped: only those two tags are read as tags.
function marked(highlight) {
  return highlight.split(/(<mark>.*?<\/mark>)/s).map((part) => {
    const match = /^<mark>(.*)<\/mark>$/s.exec(part);
    if (!match) return document.createTextNode(unescaped(part));
    const mark = document.createElement("mark");
    mark.textContent = unescaped(match[1]);
    return mark;
  });
}

const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&#x2F;": "/", "&amp;": "&" };

function unescaped(text) {
  return text.replace(/&(?:lt|gt|quot|#x27|#39|#x2F|amp);/g, (entity) => ENTITIES[entity]);
}
