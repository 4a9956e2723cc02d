/* <searchlight-box>: completions for a search form, in any page. No dependencies; works as a classic script and as a
 * module. Attributes, parts, properties and events: docs/search-box.md.
 *
 * The form stays an ordinary form of the page: it is submitted, labelled, validated and styled as without this script.
 * So are the options: `aria-controls` and `aria-activedescendant` do not reach into a shadow tree, so the list must be
 * in the tree of the text field. Only the panel around the list is in the element's own.
 */
{
  const MAX_RECENT = 5;
  const MAX_STORED = 200; // characters of one recent search
  const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&#x2F;": "/", "&amp;": "&" };
  const LABELS = {
    search: "Search",
    list: "Suggestions",
    recent: "Recent searches",
    clear: "Clear recent searches",
    category: "Category",
    brand: "Brand",
    query: "",
    product: "",
    categories: "Categories",
    brands: "Brands",
    queries: "Searches",
    products: "Products",
    none: "No suggestions",
    "count-one": "{count} suggestion. Use the arrow keys to choose.",
    "count-other": "{count} suggestions. Use the arrow keys to choose.",
    removed: "Removed: {text}",
  };
  const PLURALS = { category: "categories", brand: "brands", query: "queries", product: "products" };

  const PANEL_STYLE = `
    :host { display: block; position: relative }
    :host([hidden]), [hidden] { display: none }
    [part="panel"] {
      position: absolute; inset-inline: 0; top: calc(100% + var(--searchlight-gap, .5rem)); box-sizing: border-box;
      z-index: var(--searchlight-z-index, 15); overflow: hidden; text-align: start;
      color: var(--searchlight-color, CanvasText); background: var(--searchlight-background, Canvas);
      border: var(--searchlight-border, 1px solid GrayText); border-radius: var(--searchlight-radius, .5rem);
      box-shadow: var(--searchlight-shadow, 0 8px 28px rgb(0 0 0 / 20%)); font: var(--searchlight-font, inherit);
    }
    ::slotted([role="listbox"]) {
      box-sizing: border-box; max-height: var(--searchlight-max-height, min(26rem, 70vh)); overflow-y: auto;
      overscroll-behavior: contain; padding: var(--searchlight-padding, .5rem);
    }
    [role="status"] { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }`;

  // Every rule of the page outweighs these, but those for `*`.
  const LIST_STYLE = `
    :where(searchlight-box) :where([part~="option"]) {
      display: flex; align-items: center; gap: .75rem; box-sizing: border-box; cursor: pointer;
      min-height: var(--searchlight-option-height, 2.75rem); padding: var(--searchlight-option-padding, .5rem .75rem);
      border-radius: var(--searchlight-option-radius, .375rem);
    }
    :where(searchlight-box) :where([part~="option"]:hover) { background: var(--searchlight-hover, rgb(127 127 127 / 12%)) }
    :where(searchlight-box) :where([part~="option"][aria-selected="true"]) {
      background: var(--searchlight-active, rgb(127 127 127 / 22%));
      box-shadow: inset 3px 0 0 var(--searchlight-accent, Highlight);
    }
    :where(searchlight-box) :where([part~="text"]) {
      flex: 1; min-width: 0; overflow: hidden; overflow-wrap: anywhere;
      display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; line-clamp: 2;
    }
    :where(searchlight-box) :where([part~="type"], [part~="heading"]) {
      flex: none; font-size: .875em; color: var(--searchlight-soft-color, inherit);
    }
    :where(searchlight-box) :where([part~="heading"]) { padding: .5rem .75rem .25rem; font-weight: 600 }
    :where(searchlight-box) :where([part~="clear"]) { color: var(--searchlight-soft-color, inherit) }
    :where(searchlight-box) :where([part~="form"]) { display: flex; gap: .5rem }
    :where(searchlight-box) :where([part~="input"]) { flex: 1; min-width: 0; font: inherit; padding: .5rem .75rem }
    :where(searchlight-box) :where([part~="button"]) { font: inherit; padding: .5rem .75rem }`;

  /** @typedef {{ text: string, type: string, id: string | number | null, highlight: string }} Suggestion */
  /** @typedef {Suggestion & { element: HTMLElement }} Option */

  // The property of the class: React puts one of its own on its elements, which hides a change from it.
  const setValue = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set;
  const nonce = document.currentScript?.nonce;
  /** @type {Map<string, CSSStyleSheet>} */
  const sheets = new Map();
  /** Of searches in this page, where the browser lets nothing be stored. @type {string[]} */
  let recentOfPage = [];
  let made = 0;

  class SearchlightBox extends HTMLElement {
    #panel;
    #status;
    /** @type {HTMLInputElement} */ #input = document.createElement("input");
    /** @type {HTMLElement} */ #list = document.createElement("div");
    /** @type {Option[]} */ #options = [];
    #active = -1;
    /** @type {AbortController | undefined} */ #connection;
    /** @type {AbortController | undefined} */ #request;
    /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
    #pausedUntil = 0;
    #isWriting = false;

    constructor() {
      super();
      const shadow = this.attachShadow({ mode: "open" });
      const listSlot = Object.assign(document.createElement("slot"), { name: "list" });
      this.#panel = Object.assign(document.createElement("div"), { hidden: true });
      this.#panel.setAttribute("part", "panel");
      this.#panel.append(listSlot);
      this.#status = document.createElement("div");
      this.#status.setAttribute("role", "status");
      shadow.append(document.createElement("slot"), this.#panel, this.#status);
      adopt(shadow, PANEL_STYLE);
    }

    connectedCallback() {
      const { signal } = (this.#connection = new AbortController());
      const connect = () => signal.aborted || this.#connect(signal);
      // The parser (with a script without `defer`) and some frameworks insert the form after this element.
      if (this.#find()) connect();
      else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", connect, { signal });
      else queueMicrotask(connect);
    }

    disconnectedCallback() {
      this.#close();
      this.#connection?.abort();
      this.#list.remove();
    }

    /** The recent searches of this browser, the latest first. @returns {string[]} */
    get recentSearches() {
      return this.#storageKey ? readRecent(this.#storageKey) : [];
    }

    clearRecent() {
      if (this.#storageKey) writeRecent(this.#storageKey, []);
    }

    /** @override @param {FocusOptions} [options] */
    focus(options) {
      this.#input.focus(options);
    }

    /** @returns {HTMLInputElement | null} */
    #find() {
      return this.querySelector('input[type="search"], input[type="text"], input:not([type])');
    }

    /** @param {AbortSignal} signal ends with this stay in the document */
    #connect(signal) {
      const input = (this.#input = this.#find() ?? this.#makeForm());
      const prefix = `${this.id || `searchlight-box-${(made += 1)}`}-list`;
      const list = (this.#list = part("div", "list"));
      Object.assign(list, { id: prefix, slot: "list" });
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", this.#label("list"));
      this.append(list);
      adopt(/** @type {Document | ShadowRoot} */ (this.getRootNode()), LIST_STYLE);

      input.setAttribute("role", "combobox");
      input.setAttribute("aria-autocomplete", "list");
      input.setAttribute("aria-haspopup", "listbox");
      input.setAttribute("aria-expanded", "false");
      input.setAttribute("aria-controls", list.id);
      input.autocomplete = "off";

      const listen = { signal };
      input.addEventListener("input", (event) => {
        // While a word is being composed, the text is not what will be searched for.
        if (!(/** @type {InputEvent} */ (event).isComposing) && !this.#isWriting) this.#refresh();
      }, listen);
      input.addEventListener("compositionend", () => this.#refresh(), listen);
      input.addEventListener("focus", () => this.#isLong && this.#refresh(), listen);
      input.addEventListener("click", () => this.#panel.hidden && this.#refresh(), listen);
      input.addEventListener("blur", () => this.#close(), listen);
      input.addEventListener("keydown", (event) => this.#onKey(event), listen);
      input.form?.addEventListener("submit", () => {
        this.#close();
        this.#remember(this.#text);
      }, listen);
      // Pressing an option must not take the focus, or blur would close the list before the click arrives.
      this.#panel.addEventListener("pointerdown", (event) => event.preventDefault(), listen);
      this.#panel.addEventListener("mousedown", (event) => event.preventDefault(), listen);
      list.addEventListener("click", ({ target }) => {
        const option = this.#options.find(({ element }) => element.contains(/** @type {Node} */ (target)));
        if (option) this.#select(option);
      }, listen);
      // Text that was typed before this script ran.
      if (this.#hasFocus && input.value !== input.defaultValue) this.#refresh();
    }

    /** Without a form of the page's, one of our own. */
    #makeForm() {
      const form = /** @type {HTMLFormElement} */ (part("form", "form"));
      form.setAttribute("role", "search");
      form.action = this.getAttribute("action") ?? "";
      const input = /** @type {HTMLInputElement} */ (part("input", "input"));
      Object.assign(input, { type: "search", name: "q", maxLength: 200, placeholder: this.getAttribute("placeholder") ?? "" });
      input.setAttribute("aria-label", this.#label("search"));
      const button = part("button", "button");
      button.textContent = this.#label("search");
      form.append(input, button);
      this.append(form);
      return input;
    }

    get #text() {
      return this.#input.value.trim();
    }

    get #isLong() {
      return this.#text.length >= this.#number("min-length", 3);
    }

    get #hasFocus() {
      return /** @type {Document | ShadowRoot} */ (this.getRootNode()).activeElement === this.#input;
    }

    get #storageKey() {
      const name = this.getAttribute("recent") ?? "";
      return name === "off" ? "" : `searchlight-box:recent${name && `:${name}`}`;
    }

    /** @param {string} name @param {number} otherwise */
    #number(name, otherwise) {
      const value = Number.parseInt(this.getAttribute(name) ?? "", 10);
      return value >= 0 ? value : otherwise;
    }

    /** @param {string} name @param {Record<string, string>} [values] */
    #label(name, values = {}) {
      const text = this.getAttribute(`label-${name}`) ?? LABELS[/** @type {keyof typeof LABELS} */ (name)] ?? "";
      return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
    }

    /** Show what fits the text: at once what is stored, after a pause in typing what the server suggests. */
    #refresh({ delay = this.#number("debounce", 150), activate = false } = {}) {
      this.#cancel();
      // Enter must not open a suggestion for an earlier text, which is shown until the answer arrives.
      this.#activate(-1);
      if (this.#isLong) {
        const wait = Math.max(delay, this.#pausedUntil - Date.now());
        this.#timer = setTimeout(() => this.#load(this.#text, activate), wait);
      } else {
        const typed = this.#text.toLowerCase();
        const fitting = this.recentSearches.filter((text) => text.toLowerCase().startsWith(typed));
        this.#show(fitting.map((text) => ({ text, type: "recent", id: null, highlight: "" })), activate);
      }
    }

    /** A newer request aborts the older one, so that an old answer never replaces a newer one. */
    #cancel() {
      clearTimeout(this.#timer);
      this.#request?.abort();
    }

    /** @param {string} text @param {boolean} activate */
    async #load(text, activate) {
      const { signal } = (this.#request = new AbortController());
      const url = new URL(this.getAttribute("endpoint") ?? "/search/suggest/", document.baseURI);
      url.searchParams.set("q", text);
      const store = this.getAttribute("store-id");
      if (store) url.searchParams.set("store_id", store);
      const limit = this.getAttribute("limit");
      if (limit) url.searchParams.set("limit", limit);
      /** @type {Record<string, string>} */
      const headers = { Accept: "application/json" };
      const key = this.getAttribute("api-key");
      if (key) headers["X-API-Key"] = key;
      try {
        const response = await fetch(url, { signal, headers });
        const body = await response.json().catch(() => null);
        if (signal.aborted) return;
        if (!response.ok || !Array.isArray(body?.suggestions)) {
          // As long as the server asks to wait, typing waits.
          this.#pausedUntil = Date.now() + 1000 * (Number(response.headers.get("Retry-After")) || 0);
          throw Object.assign(new Error(`suggestions: status ${response.status}`), { status: response.status, problem: body });
        }
        this.#emit("suggest", { ...body });
        this.#show(body.suggestions, activate);
      } catch (error) {
        if (signal.aborted) return;
        this.#close();
        this.#emit("error", { error });
      }
    }

    /** @param {Suggestion[]} found @param {boolean} activate whether the first one becomes active */
    #show(found, activate) {
      if (!this.#hasFocus) return;
      this.#options = [];
      this.#activate(-1);
      const isRecent = found[0]?.type === "recent";
      if (isRecent || this.hasAttribute("grouped")) {
        const types = [...new Set(found.map(({ type }) => type))];
        this.#list.replaceChildren(...types.map((type) => this.#group(type, found.filter((one) => one.type === type))));
      } else {
        this.#list.replaceChildren(...found.map((one) => this.#option(one)));
      }
      const count = this.#options.length;
      if (isRecent) {
        const clear = this.#option({ text: this.#label("clear"), type: "clear", id: null, highlight: "" });
        this.#list.append(clear);
      }
      this.#open(count > 0);
      const plural = new Intl.PluralRules(this.closest("[lang]")?.getAttribute("lang") || undefined).select(count);
      const label = `count-${plural}`;
      const known = this.hasAttribute(`label-${label}`) || label in LABELS;
      if (count) this.#status.textContent = this.#label(known ? label : "count-other", { count: String(count) });
      else this.#status.textContent = this.#isLong ? this.#label("none") : "";
      if (count && activate) this.#activate(0);
    }

    /** @param {boolean} open */
    #open(open) {
      this.#panel.hidden = !open;
      this.#input.setAttribute("aria-expanded", String(open));
    }

    #close() {
      this.#cancel();
      this.#status.textContent = "";
      this.#activate(-1);
      this.#open(false);
    }

    /** @param {number} index -1: none */
    #activate(index) {
      this.#options[this.#active]?.element.setAttribute("aria-selected", "false");
      this.#active = index;
      const element = this.#options[index]?.element;
      element?.setAttribute("aria-selected", "true");
      element?.scrollIntoView({ block: "nearest" });
      if (element) this.#input.setAttribute("aria-activedescendant", element.id);
      else this.#input.removeAttribute("aria-activedescendant");
    }

    /** @param {KeyboardEvent} event */
    #onKey(event) {
      // 229 is the key of an input method that does not report its composition.
      if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey) return;
      const open = !this.#panel.hidden;
      const option = this.#options[this.#active];
      const last = this.#options.length - 1;
      switch (event.key) {
        case "ArrowDown":
          if (!open) this.#refresh({ delay: 0, activate: !event.altKey });
          else if (!event.altKey) this.#activate(this.#active === last ? -1 : this.#active + 1);
          break;
        case "ArrowUp":
          if (!open) return;
          if (event.altKey) this.#close();
          else this.#activate(this.#active === -1 ? last : this.#active - 1);
          break;
        case "Escape":
          this.#close(); // an answer that is under way would open the list
          if (!open) this.#write("");
          break;
        case "Enter":
          if (option) this.#select(option);
          else if (!this.#input.form) this.#select(queryOf(this.#text));
          else return;
          break;
        case "Delete":
          if (!event.shiftKey || option?.type !== "recent") return;
          this.#forget(option.text);
          break;
        case "Home":
        case "End":
          // The cursor moves in the text, where Enter then searches.
          this.#activate(-1);
          return;
        default:
          return;
      }
      event.preventDefault();
    }

    /** Set the text so that a framework which controls the field learns of it. @param {string} text */
    #write(text) {
      this.#isWriting = true;
      setValue?.call(this.#input, text);
      this.#input.dispatchEvent(new Event("input", { bubbles: true }));
      this.#isWriting = false;
    }

    /** @param {string} type @param {Suggestion[]} members */
    #group(type, members) {
      const group = part("div", "group");
      group.setAttribute("role", "group");
      const heading = part("div", "heading");
      heading.textContent = this.#label(PLURALS[/** @type {keyof typeof PLURALS} */ (type)] ?? type);
      heading.setAttribute("aria-hidden", "true"); // it is the group's name
      group.setAttribute("aria-label", heading.textContent);
      group.append(heading, ...members.map((one) => this.#option(one)));
      return group;
    }

    /** Text enters the page as text nodes only: a product may be called <script>. @param {Suggestion} suggestion */
    #option(suggestion) {
      const { type } = suggestion;
      const element = part("div", `option ${type}`);
      element.setAttribute("role", "option");
      element.setAttribute("aria-selected", "false");
      element.id = `${this.#list.id}-${this.#options.length}`;
      const text = part("span", "text");
      text.dir = "auto";
      text.append(...(suggestion.highlight ? highlighted(suggestion.highlight) : [suggestion.text]));
      element.append(text);
      if (type in PLURALS && !this.hasAttribute("grouped") && this.#label(type)) {
        const label = part("span", "type");
        label.textContent = this.#label(type);
        element.append(label);
      }
      this.#options.push({ ...suggestion, element });
      return element;
    }

    /** @param {Suggestion} chosen */
    #select(chosen) {
      const { text, type, id } = chosen;
      if (type === "clear") {
        this.clearRecent();
        this.#close();
        return;
      }
      const url = this.#url(chosen);
      const position = this.#options.findIndex((one) => one === chosen) + 1;
      this.#close();
      const query = this.#text;
      const isQuery = type === "query" || type === "recent";
      if (isQuery) this.#remember(text);
      this.#write(text);
      if (!this.#emit("select", { text, type, id, url, query, position })) return;
      if (isQuery && this.#input.form && !this.hasAttribute("query-url")) this.#input.form.requestSubmit();
      else location.assign(url);
    }

    /** Where a suggestion leads: to the address that the attribute `<type>-url` describes, else to the form's page. */
    #url(/** @type {Suggestion} */ { type, id, text }) {
      const kind = type === "recent" ? "query" : type;
      const template = this.getAttribute(`${kind}-url`);
      if (template) {
        const values = /** @type {Record<string, string>} */ ({ id: String(id ?? text), text });
        const filled = template.replace(/\{(id|text)\}/g, (_, key) => encoded(values[key] ?? ""));
        return new URL(filled, document.baseURI).href;
      }
      const url = new URL(this.getAttribute("action") ?? this.#input.form?.action ?? "", document.baseURI);
      const isFilter = kind === "category" || kind === "brand";
      url.searchParams.set(isFilter ? kind : this.#input.name || "q", isFilter ? String(id) : text);
      return url.href;
    }

    /** @param {string} text */
    #remember(text) {
      const key = this.#storageKey;
      if (!key || !text || text.length > MAX_STORED) return;
      const others = readRecent(key).filter((other) => other.toLowerCase() !== text.toLowerCase());
      writeRecent(key, [text, ...others].slice(0, MAX_RECENT));
    }

    /** @param {string} text */
    #forget(text) {
      writeRecent(this.#storageKey, this.recentSearches.filter((other) => other !== text));
      this.#refresh();
      this.#status.textContent = this.#label("removed", { text });
    }

    /** @param {string} name @param {object} detail @returns {boolean} whether nobody prevented the default */
    #emit(name, detail) {
      const event = new CustomEvent(`searchlight:${name}`, { detail, bubbles: true, composed: true, cancelable: true });
      return this.dispatchEvent(event);
    }
  }

  /** @param {string} text @returns {Suggestion} */
  function queryOf(text) {
    return { text, type: "query", id: null, highlight: "" };
  }

  /** Half a character, which may come from pasted text, cannot be encoded. @param {string} text */
  function encoded(text) {
    return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"));
  }

  /** @param {string} tag @param {string} names */
  function part(tag, names) {
    const element = document.createElement(tag);
    element.setAttribute("part", names);
    return element;
  }

  /** A content security policy without 'unsafe-inline' allows constructed style sheets.
   * @param {Document | ShadowRoot} root @param {string} css */
  function adopt(root, css) {
    try {
      let sheet = sheets.get(css);
      if (!sheet) {
        sheet = new CSSStyleSheet();
        sheet.replaceSync(css);
        sheets.set(css, sheet);
      }
      if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    } catch {
      // Browsers of before 2023, and trees of another document.
      const parent = root instanceof Document ? root.head : root;
      if ([...parent.querySelectorAll("style")].some((style) => style.textContent === css)) return;
      const style = document.createElement("style");
      if (nonce) style.nonce = nonce;
      style.textContent = css;
      parent.append(style);
    }
  }

  /** @param {string} key @returns {string[]} */
  function readRecent(key) {
    try {
      const stored = JSON.parse(localStorage.getItem(key) ?? "[]");
      if (!Array.isArray(stored)) return [];
      return stored.filter((text) => typeof text === "string" && text.length <= MAX_STORED).slice(0, MAX_RECENT);
    } catch {
      return recentOfPage;
    }
  }

  /** @param {string} key @param {string[]} texts */
  function writeRecent(key, texts) {
    try {
      if (texts.length) localStorage.setItem(key, JSON.stringify(texts));
      else localStorage.removeItem(key);
    } catch {
      recentOfPage = texts;
    }
  }

  /** The server marks the match with <mark> in text that is otherwise escaped. Only these two tags are read as tags.
   * @param {string} highlight */
  function highlighted(highlight) {
    return highlight.split(/(<mark>.*?<\/mark>)/s).map((piece) => {
      const match = /^<mark>(.*)<\/mark>$/s.exec(piece);
      const text = (match?.[1] ?? piece).replace(
        /&(?:lt|gt|quot|#x27|#39|#x2F|amp);/g,
        (entity) => ENTITIES[/** @type {keyof typeof ENTITIES} */ (entity)],
      );
      if (!match) return document.createTextNode(text);
      const mark = document.createElement("mark");
      mark.textContent = text;
      return mark;
    });
  }

  if (!customElements.get("searchlight-box")) customElements.define("searchlight-box", SearchlightBox);
}
