"""What the titles of products have in common, by language. Neither list needs to be complete."""

from language.word_lists import words

# Words after which a title says what the thing is for, or what comes with it: 'bag for laptop'.
LINKING_WORDS = {
    "en": words("for with without in from featuring including includes incl compatible fits"),
    "de": words("fur mit ohne in aus von inkl inklusive passend kompatibel geeignet zum zur"),
    "fr": words("pour avec en de du des d inclus compatible sans"),
    "es": words("para con de del en incluye compatible sin"),
    "it": words("per con di da del della in incluso compatibile senza"),
    "nl": words("voor met zonder in van uit inclusief incl geschikt compatibel"),
    "pt": words("para com de do da em inclui compativel sem"),
    "sv": words("for med utan i av fran inklusive inkl passar kompatibel till"),
}
# In these languages the thing comes first: 'sac de voyage', not 'travel bag'.
NOUN_FIRST = frozenset({"fr", "es", "it", "pt"})
# At the end of a title a size of clothes names no thing, in any language, nor does a colour.
SIZES = words("xs s m l xl xxl xxxl")
COLOURS = {
    "en": words(
        """
        amber anthracite beige black blue bronze brown burgundy charcoal chrome copper cream cyan gold golden graphite
        gray green grey indigo ivory khaki lavender lilac magenta maroon mint navy ochre olive orange pink purple red
        rose ruby sand scarlet silver tan taupe teal turquoise violet white yellow
        """
    ),
    "de": words(
        """
        anthrazit beige blau braun bronze creme cyan gelb gold grau grun kupfer lila magenta orange rosa rot schwarz
        silber turkis violett weiss
        """
    ),
    "nl": words(
        "antraciet beige blauw brons bruin cyaan geel goud grijs groen oranje paars rood roze wit zilver zwart"
    ),
    "sv": words("antracit beige bla brun gra gron gul guld lila orange rod rosa silver svart turkos vit"),
}
