"""Countries, cities and regions."""

from campaign.documents.read_letter.words.patterns import words_in

PLACES = words_in(
    """
    argentina australia austria bangladesh belgium belgique bolivia brazil brasil brésil bulgaria
    cambodia cameroon canada chile china colombia congo croatia cuba cyprus czechia denmark ecuador
    egypt estonia ethiopia finland france georgia germany deutschland ghana greece guatemala
    honduras hungary iceland india indonesia iran iraq ireland israel italy italia japan jordan
    kazakhstan kenya kosovo kyrgyzstan latvia lebanon liberia libya lithuania luxembourg malaysia
    mali malta mauritius méxico mexico moldova mongolia montenegro morocco mozambique myanmar nepal
    netherlands nicaragua niger nigeria norway pakistan palestine panama paraguay peru perú
    philippines poland portugal romania russia rwanda senegal sénégal serbia singapore slovakia
    slovenia somalia spain españa sudan sweden switzerland suisse schweiz syria taiwan tajikistan
    tanzania thailand togo tunisia tunisie turkey türkiye turkmenistan uganda ukraine uruguay
    uzbekistan venezuela vietnam yemen zambia zimbabwe usa uk us u.s. u.k. eu europe africa asia
    london paris brussels berlin geneva washington tibet
    """
) | frozenset(
    (
        "united states",
        "united kingdom",
        "new zealand",
        "south africa",
        "south korea",
        "hong kong",
        "sri lanka",
        "el salvador",
        "costa rica",
        "saudi arabia",
        "república dominicana",
        "dominican republic",
        "new york",
        "sierra leone",
        "burkina faso",
        "puerto rico",
        "united states of america",
        "north macedonia",
        "czech republic",
        "the netherlands",
        "américa latina",
        "latin america",
        "northern ireland",
        "papua new guinea",
        "côte d’ivoire",
        "centroamérica",
    )
)

REGIONS = words_in(
    """
    africa asia europe americas oceania pacific asia-pacific mena international global regional national local
    afrique europe amériques asie áfrica américa europa asia oceanía
    """
)
