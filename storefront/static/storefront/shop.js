// What the pages gain with JavaScript: completion, the "/" key, one submit per order, nearby stores, announcements,
// and the clicks for the search reports.

const TOAST_FOR = 6000; // ms

for (const form of document.querySelectorAll("form[data-suggest]")) {
  const input = form.querySelector("input[type=search]");
  const enhance = async () => (await import(form.dataset.module)).enhance(form);
  if (document.activeElement === input) enhance();
  else input.addEventListener("focus", enhance, { once: true });
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, select, textarea, [contenteditable]")) return;
  const input = document.querySelector("form[data-suggest] input[type=search]");
  if (!input) return;
  event.preventDefault();
  input.focus();
  input.select();
});

// Which hit of which search was opened, for the search reports; nobody's name goes with it, and nothing waits for it.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".tile-name a");
  const tiles = link?.closest("[data-query]");
  if (!tiles) return;
  const position = Number(tiles.dataset.offset) + [...tiles.children].indexOf(link.closest("li")) + 1;
  const body = JSON.stringify({ q: tiles.dataset.query, product_id: Number(link.dataset.product), position });
  navigator.sendBeacon(tiles.dataset.clicks, new Blob([body], { type: "application/json" }));
});

// The server orders once per idempotency key; this only spares the second request.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "true";
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-disabled", "true");
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll("button")) button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("button[data-locate]")) {
  if (!navigator.geolocation) break;
  button.hidden = false;
  button.addEventListener("click", () => locate(button));
}

function locate(button) {
  const status = document.querySelector("#locate-status");
  status.textContent = "Finding where you are …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const address = new URL(button.dataset.locate, location.href);
      address.searchParams.set("near", `${coords.latitude.toFixed(3)},${coords.longitude.toFixed(3)}`);
      location.assign(address);
    },
    () => {
      status.textContent = "Your location is not available. Search by city instead.";
    },
    { timeout: 10000, maximumAge: 600000 },
  );
}

let fading;

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id !== "toast") return;
  clearTimeout(fading);
  fading = setTimeout(() => document.querySelector("#toast").replaceChildren(), TOAST_FOR);
});

// An answer with an error status still holds the page to show: a full line, a form with its messages.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 422 || event.detail.xhr.status === 409) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

document.addEventListener("htmx:responseError", (event) => failed(`The shop answered ${event.detail.xhr.status}.`));
document.addEventListener("htmx:sendError", () => failed("The shop cannot be reached."));

function failed(why) {
  const message = document.createElement("p");
  message.textContent = `${why} Please try again.`;
  document.querySelector("#toast").replaceChildren(message);
}
