"""What the demonstration is made of: an invented letter, invented names and words, and no real place."""

from dataclasses import dataclass

from campaign.domain.letter import Addressee, Copied, Letter, LetterAsk, Signatory, SignatoryKind

TITLE = "Open the archive of the Vessen valley"
LETTER = Letter(
    title=TITLE,
    language="en",
    addressees=(Addressee("Ilse Marwood", "Minister for Records", ("4 Assembly Square", "Norvale")),),
    subject="The closed archive of the Vessen valley",
    salutation="Dear Minister Marwood,",
    introduction=(
        "For thirty years the families of the Vessen valley have asked what became of those who were taken.",
        "The archive that knows has been closed for as long. We ask you to:",
    ),
    asks=(
        LetterAsk("Let families read the files about their own.", "Open the archive."),
        LetterAsk("No file leaves the building before it is copied.", "Stop the destruction of files."),
        LetterAsk("Independent historians list what is there.", "Publish a register."),
        LetterAsk("Nobody who testifies may lose their work for it.", "Protect witnesses."),
    ),
    conclusion=("We will wait for your answer, and we will not stop asking.",),
    closing="Respectfully,",
    signatories=(
        Signatory(SignatoryKind.ORGANIZATION, "Mira Tolland", "Chair", "Families of the Vessen"),
        Signatory(SignatoryKind.ORGANIZATION, None, None, "Norvale Historians’ Circle"),
        Signatory(SignatoryKind.PERSON, "Orin Fell", "Former archivist", None),
    ),
    copied=(
        Copied("Bastian Roe", "Chair", "Committee on Petitions"),
        Copied("Anneke Dahl", "Ombudswoman", None),
        Copied("Rufus Lindgren", "Director", "State Archive"),
        Copied("Sabine Okoye", "Special Rapporteur", "Council for Human Rights"),
    ),
)
# The last one is reached on paper.
ADDRESSES = {
    "Ilse Marwood": "minister@records.example",
    "Bastian Roe": "chair@petitions.example",
    "Anneke Dahl": "office@ombuds.example",
    "Rufus Lindgren": "director@archive.example",
}


@dataclass(frozen=True)
class People:
    """Signers who write one script: how common they are in a hundred, their names and countries."""

    language: str
    share: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    countries: tuple[str, ...]
    words: tuple[str, ...]
    family_first: bool = False
    joined_by: str = " "

    def name(self, given: str, family: str) -> str:
        """A name in the order and with the space of its script; without a family name, the other alone."""
        parts = (family, given) if self.family_first else (given, family)
        return self.joined_by.join(part for part in parts if part)


def _names(words: str) -> tuple[str, ...]:
    return tuple(words.split())


_ENGLISH = (
    "My grandmother was taken from the valley in spring, and we were never told where.",
    "I taught in Norvale for nineteen years. Every class had a child who asked about these files.",
    "A register costs less than one year of keeping the doors shut.",
    "I worked in that building. The boxes are there, and they are damp.",
    "Please answer the families while the last of them are alive.",
    "Nobody in our street speaks about it at the table. A file would let us begin.",
)
PEOPLE = (
    People(
        "en",
        38,
        _names("Ada Ben Clara Dev Edith Femi Grace Hugh Ines Joan Kofi Lena Mark Nora Owen Priya Ruth"),
        _names("Abbott Brook Carver Dunn Ellery Frost Gale Harlow Ito Jarvis Keane Lowe Moss Novak"),
        ("US", "GB", "CA", "AU", "IE", "IN", "NZ", "DE"),
        _ENGLISH,
    ),
    People(
        "zh-Hant",
        15,
        ("家豪", "怡君", "志明", "淑芬", "雅婷", "宗翰", "心如", "承恩", "詠晴", "浩然"),
        ("陳", "林", "黃", "張", "李", "王", "吳", "劉", "蔡", "楊"),
        ("TW", "HK", "US", "CA"),
        ("我的外公來自這個山谷，我們至今不知道他葬在哪裡。", "請在最後一位證人離世之前開放檔案。"),
        family_first=True,
        joined_by="",
    ),
    People(
        "zh-Hans",
        9,
        ("伟", "芳", "秀英", "敏", "静", "强", "磊", "洋", "艳", "杰"),
        ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"),
        ("US", "CA", "DE", "SG", "NL"),
        ("我希望孩子们能读到真实的历史。", "请公布目录，让家属知道文件还在。"),
        family_first=True,
        joined_by="",
    ),
    People(
        "ug",
        7,
        ("رانا", "ئايگۈل", "ئەركىن", "دىلنۇر", "ئابلىز", "گۈلنار", "مەھمۇت", "زۇلپىيە"),
        ("ئىدرىس", "تۇرسۇن", "قادىر", "ئوسمان", "روزى", ""),
        ("TR", "DE", "US", "KZ", "NO", "SE"),
        ("ئاكامنىڭ نەدە ئىكەنلىكىنى بىلگۈم بار.", "ئارخىپنى ئېچىڭ، ئائىلىلەر جاۋاب كۈتۈۋاتىدۇ."),
    ),
    People(
        "bo",
        6,
        ("རྡོ་རྗེ།", "བསྟན་འཛིན།", "སྒྲོལ་མ།", "བཀྲ་ཤིས།", "པདྨ།", "ཚེ་རིང་།"),
        ("",),
        ("IN", "NP", "CH", "US"),
        ("ང་ཚོའི་ནང་མི་གང་དུ་ཡོད་པ་ཤེས་འདོད་ཡོད།",),
    ),
    People(
        "es",
        12,
        _names("Lucía Mateo Sofía Hugo Valeria Diego Carmen Julián Inés Tomás"),
        ("García Ruiz", "Peña", "Núñez", "Ibáñez Soto", "Ortega", "Vidal", "Rojas"),
        ("ES", "MX", "AR", "CL", "CO", "US"),
        ("Mi abuelo salió de ese valle y nunca volvió a saber de su hermano.", "Un registro no cuesta nada."),
    ),
    People(
        "fr",
        13,
        _names("Élise Hugo Zoé Théo Maëlle Noël Inès Rémi Chloé Loïc"),
        ("Lefèvre", "Moreau", "d’Aubigny", "Béranger", "Nguyen", "Diop", "Faure"),
        ("FR", "BE", "CH", "CA", "SN"),
        ("J’ai grandi avec le silence de mes parents. Ouvrez ces dossiers.", "Les témoins vieillissent."),
    ),
)
ORGANIZATIONS = (
    "Harbour Readers’ Society",
    "Coalition for Open Files",
    "Lehrerverein Nordtal",
    "Círculo de Memoria",
    "台灣檔案之友",
    "Cercle des Généalogistes",
    "ئۇيغۇر ئائىلىلىرى بىرلىكى",
    "Quiet Rooms Trust",
)
ROLES = ("Chair", "Secretary", "Board member", "Director")
SOURCES = (("newsletter", 20), ("street-stall", 14), ("partner-north", 9), ("radio", 5), ("poster-qr", 3))
MAILBOXES = ("mail.example", "post.example", "inbox.example", "letters.example", "school.example")
# Addresses that one program made up, all on one evening.
FORGED_MAILBOX = "forge.example"
REPLIES = (
    ("Ilse Marwood", "Re: The closed archive", "Thank you for your letter. It has been registered.", False),
    ("Ilse Marwood", "Automatic reply", "I am out of the office until Monday.", True),
    ("Bastian Roe", "Your petition", "The committee will hear the matter in its spring session.", False),
    ("Anneke Dahl", "Your message", "My office has asked the archive for a list of its holdings.", False),
    ("Rufus Lindgren", "Out of office", "This mailbox is read once a week.", True),
    ("Bastian Roe", "Hearing", "May we name your organization in the agenda?", False),
)
