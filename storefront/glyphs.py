"""Which icon stands for a category: the first whose words are in its path, the most particular name first."""

from products.models import PATH_SEPARATOR

DEFAULT = "package"
GLYPHS = {
    "laptop": ("laptop", "notebook"),
    "tablet": ("tablet", "e-reader"),
    "smartphone": ("phone", "mobile"),
    "headphones": ("headphone", "headset", "earphone", "earbud"),
    "speaker": ("speaker", "audio", "soundbar"),
    "music": ("music", "instrument"),
    "projector": ("projector",),
    "tv": ("television", "tv"),
    "monitor": ("monitor", "display", "screen"),
    "printer": ("printer", "printing", "toner", "ink"),
    "scan": ("scanner", "barcode"),
    "camera": ("camera", "photo", "lens"),
    "keyboard": ("keyboard", "input"),
    "mouse": ("mouse", "mice", "pointing"),
    "hard-drive": ("storage", "drive", "ssd", "hard disk"),
    "memory-stick": ("memory", "flash", "usb stick"),
    "cpu": ("processor", "computer", "desktop", "component", "graphics", "motherboard"),
    "server": ("server", "rack"),
    "cable": ("cable", "adapter", "adaptor", "connector"),
    "router": ("network", "router", "switch", "wireless", "wi-fi"),
    "battery-charging": ("battery", "batteries", "power", "charger", "ups"),
    "gamepad-2": ("game", "gaming", "console"),
    "watch": ("watch", "wearable"),
    "disc": ("software", "media", "disc", "movie"),
    "calculator": ("calculator",),
    "paperclip": ("paper", "stationery", "filing", "supplies"),
    "briefcase": ("office", "business", "case", "luggage"),
    "backpack": ("bag", "backpack", "outdoor", "camping", "travel"),
    "coffee": ("coffee", "espresso", "kettle", "tea"),
    "utensils": ("kitchen", "cook", "food", "dining", "grocery"),
    "refrigerator": ("appliance", "refrigerator", "fridge", "washing"),
    "lamp": ("lamp", "lighting", "light"),
    "armchair": ("chair", "seating", "furniture"),
    "sofa": ("sofa", "living"),
    "bed": ("bed", "mattress", "bath", "textile"),
    "house": ("home", "house", "smart"),
    "flower-2": ("garden", "plant"),
    "hammer": ("tool", "hardware", "diy"),
    "dumbbell": ("fitness", "gym"),
    "bike": ("bike", "cycling", "bicycle", "sport"),
    "footprints": ("shoe", "footwear"),
    "shirt": ("clothing", "shirt", "apparel", "fashion"),
    "gem": ("jewel",),
    "sparkles": ("beauty", "cosmetic", "health", "care"),
    "baby": ("baby",),
    "toy-brick": ("toy", "kids"),
    "paw-print": ("pet",),
    "car": ("car", "auto", "vehicle"),
    "book": ("book", "magazine"),
    "palette": ("art", "craft"),
}


def glyph_for(path: str) -> str:
    """The icon of a category path such as 'Computers > Laptops'."""
    for name in reversed(path.lower().split(PATH_SEPARATOR)):
        for glyph, words in GLYPHS.items():
            if any(_has_word(name, word) for word in words):
                return glyph
    return DEFAULT


def _has_word(name: str, word: str) -> bool:
    """A long word may stand anywhere, a short one must be a word of its own: 'art' is not in 'cart'."""
    if len(word) > 4:  # noqa: PLR2004
        return word in name
    return any(part.removesuffix("s") in (word, word.removesuffix("s")) for part in name.replace("&", " ").split())
