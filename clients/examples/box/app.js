import { shop } from "../shared/settings.js";
import "../shared/page.css";

// In your own page these are attributes in the HTML.
const box = document.querySelector("searchlight-box");
box.setAttribute("endpoint", `${shop}/search/suggest/`);
box.setAttribute("action", `${shop}/search/`);
box.setAttribute("product-url", `${shop}/product/{id}/`);
box.addEventListener("searchlight:error", ({ detail }) => {
  document.querySelector(".notice").textContent = detail.error.message;
});

const script = document.createElement("script");
script.src = `${shop}/static/storefront/searchlight-box.js`;
document.head.append(script);
