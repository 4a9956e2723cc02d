import { createApp } from "vue";
import InstantSearch from "vue-instantsearch/vue3/es";
import App from "./App.vue";
import "instantsearch.css/themes/satellite.css";
import "../shared/page.css";

createApp(App).use(InstantSearch).mount("#app");
