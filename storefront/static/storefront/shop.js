// Progressive enhancement: the "/" key, the focus, one submit per order, nearby stores, messages, and the clicks for the search
// reports. Completion is searchlight-box.js. Every page works without both files.

const TOAST_DURATION = 6000; // ms
const LOCATION_OPTIONS = { timeout: 10000, maximumAge: 600000 }; // ms
const STATUSES_WITH_CONTENT = [409, 422]; // their responses show the form or the row with its errors

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const input = document.querySelector("searchlight-box input[type=search]");
  if (!input) return;
  event.preventDefault();
  input.focus();
  input.select();
});

// A filter looks like a checkbox, so Space toggles it, as Enter does.
document.addEventListener("keydown", (event) => {
  const option = event.key === " " && event.target.closest("a.option");
  if (!option) return;
  event.preventDefault();
  option.click();
});

// New filters come from the server as it would first show them; what the visitor has opened stays open.
const opened = new Set();
document.addEventListener("toggle", (event) => {
  if (!event.target.closest("#facets") || !event.target.id) return;
  if (event.target.open) opened.add(event.target.id);
  else opened.delete(event.target.id);
}, true);
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  for (const details of detail.fragment.querySelectorAll("#facets details")) {
    if (opened.has(details.id)) details.open = true;
  }
  const fields = detail.fragment.querySelector("#search-fields");
  const input = document.querySelector("#q");
  if (fields && input !== document.activeElement) input.value = fields.dataset.query;
});

// When a reply removes the focused control, such as a chip or a line of the basket, the focus goes to its region: the
// next Tab does not begin at the top of the page.
let region;
document.addEventListener("htmx:beforeSwap", () => (region = document.activeElement?.closest("[data-region]")));
document.addEventListener("htmx:afterRequest", () => {
  if (document.activeElement === document.body) region?.focus({ preventScroll: true });
  region = null;
});

// A picture that cannot be loaded leaves its placeholder. It may have failed before this script ran.
const hidePicture = (picture) => picture.matches?.("img.plate-picture") && (picture.hidden = true);
document.addEventListener("error", (event) => hidePicture(event.target), true);
for (const picture of document.querySelectorAll("img.plate-picture")) {
  if (picture.complete && !picture.naturalWidth) hidePicture(picture);
}

// Report which hit of which search was opened: anonymous, and the navigation does not wait for it.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".tile-name a");
  const tiles = link?.closest("[data-query]");
  if (!tiles) return;
  const position = Number(tiles.dataset.offset) + [...tiles.children].indexOf(link.closest("li")) + 1;
  const body = JSON.stringify({ q: tiles.dataset.query, product_id: Number(link.dataset.product), position });
  navigator.sendBeacon(tiles.dataset.clicks, new Blob([body], { type: "application/json" }));
});

// The server places one order per idempotency key; this only saves the second request.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.hasAttribute("data-sent")) event.preventDefault();
  else setSent(form, true);
});

// Who signs out may share the browser with others.
document.addEventListener("submit", ({ target }) => {
  if (target.matches("[data-sign-out]")) document.querySelector("searchlight-box").clearRecent();
});

// The browser may show the page again as it was left.
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) setSent(form, false);
});

function setSent(form, sent) {
  form.toggleAttribute("data-sent", sent);
  for (const button of form.querySelectorAll("button")) {
    if (sent) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

for (const button of document.querySelectorAll("button[data-locate]")) {
  if (!navigator.geolocation) break;
  button.hidden = false;
  button.addEventListener("click", () => {
    const status = document.querySelector("#locate-status");
    const onPosition = ({ coords }) => {
      const url = new URL(button.dataset.locate, location.href);
      url.searchParams.set("near", `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`);
      location.assign(url);
    };
    const onError = () => (status.textContent = "Your location is not available. Search by city instead.");
    status.textContent = "Finding your location …";
    navigator.geolocation.getCurrentPosition(onPosition, onError, LOCATION_OPTIONS);
  });
}

let toastTimer;

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id !== "toast") return;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => event.target.replaceChildren(), TOAST_DURATION);
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!STATUSES_WITH_CONTENT.includes(detail.xhr.status)) return;
  detail.shouldSwap = true;
  detail.isError = false;
});

document.addEventListener("htmx:responseError", ({ detail }) => showError(`The server returned ${detail.xhr.status}.`));
document.addEventListener("htmx:sendError", () => showError("The shop could not be reached."));

function showError(reason) {
  const message = document.createElement("p");
  message.textContent = `${reason} Please try again.`;
  document.querySelector("#toast").replaceChildren(message);
}
