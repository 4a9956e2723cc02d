"""Plurals of Spanish, French, Italian and Portuguese, and genders of their commonest adjectives.

Genders of nouns are left alone where the language allows: 'puerto' is no 'puerta'. In Italian it does not: the plural
in -e belongs to -a, that in -i to -o and to -e.
"""

from language.endings import Endings
from language.word_lists import pairs

spanish = Endings(
    ("ces?", "z"),  # luz, luces
    ("es|s|e", ""),  # sofás, árboles, coches; autobús, autobuses
    (r"(?<=..)(ic|iv|os)a", r"\1o"),  # eléctrica, eléctrico
    irregular=pairs(
        """
        amarilla amarillo, amarillas amarillo, ancha ancho, anchas ancho, blanca blanco, blancas blanco, corta corto,
        cortas corto, larga largo, largas largo, morada morado, moradas morado, negra negro, negras negro, nueva nuevo,
        nuevas nuevo, pequena pequeno, pequenas pequeno, plateada plateado, plateadas plateado, redonda redondo,
        redondas redondo, roja rojo, rojas rojo
        """
    ),
)

french = Endings(
    ("aux", "au"),
    ("[sx]", ""),
    ("ai?l", "au"),  # journal, journaux; travail, travaux
    ("ive", "if"),  # sportif, sportive
    irregular=pairs(
        """
        yeux oeil, blanche blanc, blanches blanc, brune brun, brunes brun, bleue bleu, bleues bleu, courte court,
        courtes court, grande grand, grandes grand, grise gris, grises gris, longue long, longues long, noire noir,
        noires noir, petite petit, petites petit, ronde rond, rondes rond, verte vert, vertes vert, violette violet,
        violettes violet, neuve neuf, neuves neuf, epaisse epais, epaisses epais
        """
    ),
)

italian = Endings(
    ("(?<=[^i])[aeio]", ""),
    ("i[aeo]?", ""),  # orologio, orologi; camicia, camicie
    ("(?<=[cg])h", ""),  # lago, laghi
    irregular=pairs("uomini uomo, uova uovo, buoi bue"),
)

portuguese = Endings(
    ("oes|aes|aos|ae", "ao"),  # botão, botões; mão, mãos; mãe, mães
    ("ns?", "m"),  # homem, homens
    ("(?<=[aeou])is?", "l"),  # papel, papéis; azul, azuis
    ("is?|il", "el"),  # funil, funis; portátil, portáteis
    ("es|s|e", ""),  # flor, flores; mês, meses
    (r"(?<=..)(ic|iv|os)a", r"\1o"),
    irregular=pairs(
        """
        amarela amarelo, amarelas amarelo, branca branco, brancas branco, comprida comprido, compridas comprido,
        curta curto, curtas curto, larga largo, largas largo, nova novo, novas novo, pequena pequeno, pequenas pequeno,
        prateada prateado, prateadas prateado, preta preto, pretas preto, redonda redondo, redondas redondo,
        roxa roxo, roxas roxo, vermelha vermelho, vermelhas vermelho
        """
    ),
)
