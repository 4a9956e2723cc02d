import { existsSync } from "node:fs";
import { resolve } from "node:path";
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";

const pages = ["index", "js/index", "js/every-widget", "react/index", "vue/index", "autocomplete/index", "box/index"];
// The code of docs/headless.md, which a test puts there.
if (existsSync(resolve(import.meta.dirname, "headless/index.html"))) pages.push("headless/index");

export default defineConfig({
  plugins: [vue()],
  server: { port: 5173, strictPort: true },
  build: {
    modulePreload: false,
    rollupOptions: { input: pages.map((page) => resolve(import.meta.dirname, `${page}.html`)) },
  },
});
