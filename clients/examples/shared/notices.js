/** What the shopper should know about the results, from `userData` of the results. */
export function notices([data] = []) {
  if (!data) return [];
  return [
    ...(data.degraded ? ["Search is running in a simpler mode at the moment."] : []),
    ...data.relaxed.map(({ message }) => message),
    ...data.interpreted.map(({ text, label }) => `“${text}” was read as ${label || "a filter"}.`),
  ];
}

export function money(price, currency) {
  return new Intl.NumberFormat(undefined, { style: "currency", currency: currency || "USD" }).format(price);
}
