"""The icon of a category, chosen by the words of its name."""

from products.models import PATH_SEPARATOR

DEFAULT = "package"
GLYPHS = {
    "paperclip": ("paper", "stationery", "filing", "supplies", "label"),
    "pen-line": ("pen", "pencil"),
    "armchair": ("chair", "desk", "seating", "furniture", "shelving"),
    "laptop": ("laptop", "notebook"),
    "tablet": ("tablet", "e-reader"),
    "headphones": ("headphones", "headset", "earphones", "earbuds"),
    "smartphone": ("phone", "smartphone", "telephone", "mobile"),
    "speaker": ("speaker", "audio", "soundbar"),
    "music": ("music", "instrument"),
    "tv": ("television", "tv"),
    "projector": ("projector",),
    "monitor": ("monitor", "display", "screen"),
    "printer": ("printer", "printing", "toner", "ink"),
    "scan": ("scanner", "barcode"),
    "camera": ("camera", "photo", "lens"),
    "keyboard": ("keyboard", "input"),
    "mouse": ("mouse", "mice", "pointing"),
    "hard-drive": ("storage", "drive", "drives", "ssd"),
    "memory-stick": ("memory", "flash"),
    "server": ("server", "rack"),
    "cpu": ("processor", "component", "graphics", "motherboard", "computer", "desktop"),
    "cable": ("cable", "adapter", "adaptor", "connector"),
    "router": ("network", "networking", "router", "switch", "switches", "wireless", "wi-fi"),
    "battery-charging": ("battery", "batteries", "power", "charger", "ups"),
    "gamepad-2": ("game", "gaming", "console"),
    "watch": ("watch", "watches", "wearable"),
    "disc": ("software", "media", "disc", "movie"),
    "calculator": ("calculator",),
    "briefcase": ("office", "business", "luggage"),
    "backpack": ("bag", "backpack", "tent", "outdoors", "outdoor", "camping", "travel"),
    "coffee": ("coffee", "espresso", "kettle", "tea"),
    "utensils": ("kitchen", "cookware", "food", "dining", "grocery"),
    "refrigerator": ("appliance", "refrigerator", "fridge", "washing"),
    "lamp": ("lamp", "lantern", "lighting", "light"),
    "sofa": ("sofa", "living"),
    "bed": ("bed", "bedding", "mattress", "bath", "textile"),
    "house": ("home", "house"),
    "flower-2": ("garden", "plant"),
    "hammer": ("tool", "drill", "hardware", "diy"),
    "dumbbell": ("fitness", "gym", "yoga"),
    "footprints": ("shoe", "footwear"),
    "bike": ("bike", "cycling", "bicycle", "sport"),
    "shirt": ("clothing", "shirt", "apparel", "fashion"),
    "gem": ("jewellery", "jewelry"),
    "sparkles": ("beauty", "cosmetic", "health", "care", "party", "decoration"),
    "baby": ("baby",),
    "toy-brick": ("toy", "kids"),
    "paw-print": ("pet", "dog", "cat"),
    "car": ("car", "automotive", "vehicle"),
    "book": ("book", "magazine"),
    "palette": ("art", "craft"),
}
WORDS = {glyph: {form for word in words for form in (word, f"{word}s")} for glyph, words in GLYPHS.items()}


def glyph_for(path: str) -> str:
    """The first icon with a word in the last name of a category path, else in its parent's name."""
    for name in reversed(path.lower().split(PATH_SEPARATOR)):
        words = name.replace("&", " ").split()
        for glyph, glyph_words in WORDS.items():
            if not glyph_words.isdisjoint(words):
                return glyph
    return DEFAULT
