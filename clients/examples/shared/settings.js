// Where the shop is, and an attribute of its products to filter by. The page's origin is in CORS_ALLOWED_ORIGINS there.
export const shop = import.meta.env.VITE_SHOP ?? "http://127.0.0.1:8000";
export const attribute = import.meta.env.VITE_ATTRIBUTE ?? "colour";
