/** What the shopper should know about the results, from `userData` of the results. */
export function notices([data] = []) {
  if (!data) return [];
  return [
    ...(data.degraded ? ["Search is running in a simpler mode at the moment."] : []),
    ...data.relaxed.map(({ message }) => message),
    ...data.interpreted.map(({ text, label }) => `“${text}” was read as ${label || "a filter"}.`),
  ];
}

const CURRENCY = "USD"; // of the demo shop; another shop's is in `/config/`

export function money(price) {
  return new Intl.NumberFormat(undefined, { style: "currency", currency: CURRENCY }).format(price);
}
