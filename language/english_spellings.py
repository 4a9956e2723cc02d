"""British spellings of English words as American ones, so that both have one key: 'colour', 'color'."""

import re

from language.word_lists import pairs

# Of -ise no more is asked than that both spellings meet: 'raise' has the key of 'raize', which is no word.
_ISE = re.compile(r"(?<=..[iy])s(?=(?:e|ed|er|ing|able|ation)$)")
_OUR = re.compile(
    "(arm|behavi|cand|clam|col|demean|endeav|fav|ferv|flav|harb|hon|hum|lab|neighb|od|parl|ranc|rig|rum|savi|sav|splend"
    "|succ|tum|val|vap|vig)our"
)
_RE = re.compile(r"(calib|cent|fib|lit|louv|lust|met|mit|och|sab|somb|spect|theat)re(?=d?$|board|fill|glass|optic)")
_LL = re.compile(
    "(cance|channe|chise|counse|dia|due|ena?me|fue|grave|jewe|labe|leve|marve|mode|pane|pede?sta|shove|signa|stenci"
    "|swive"
    "|tinse|towe|trave|tunne)ll(?=(?:ed|ing|er|ist|ery|ous)$)"
)
_WORDS = pairs(
    """
    adaptor adapter, adaptors adapter, aeroplane airplane, ageing aging, aluminium aluminum, analogue analog,
    anaesthetic anesthetic, archaeology archeology, artefact artifact, barbeque barbecue, carburettor carburetor,
    catalogue catalog, chequered checkered, chilli chili, cosy cozy, defence defense, dialogue dialog, disc disk,
    doughnut donut, draught draft, encyclopaedia encyclopedia, enrol enroll, fulfil fulfill, gauge gage,
    gelatine gelatin,
    glycerine glycerin, gramme gram, grey gray, instal install, jewellery jewelry, kilogramme kilogram, licence license,
    liquorice licorice, manoeuvre maneuver, mould mold, moulded molded, moulding molding, moustache mustache,
    oestrogen estrogen, offence offense, omelette omelet, orthopaedic orthopedic, paediatric pediatric, phoney phony,
    plough plow, practise practice, pretence pretense, programme program, pyjama pajama, racquet racket,
    skilful skillful,
    smoulder smolder, snowplough snowplow, speciality specialty, sulphur sulfur, syphon siphon, tsar czar, tyre tire,
    whisky whiskey, woollen woolen, woolly wooly, yoghourt yogurt, yoghurt yogurt
    """
)


def american(word: str) -> str:
    """The American spelling of a folded word in the singular; of a word that has none, something like it."""
    if word in _WORDS:
        return _WORDS[word]
    if len(word) <= 4:  # noqa: PLR2004 - 'hour', 'rise': none of these is spelt in two ways by an ending
        return word
    for pattern, replacement in ((_ISE, "z"), (_OUR, r"\1or"), (_RE, r"\1er"), (_LL, r"\1l")):
        word = pattern.sub(replacement, word)
    return word
