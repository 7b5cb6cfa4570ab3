"""The picture of a shared link: the title in its own script, or none rather than empty boxes."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, features

from campaign.documents import fonts
from campaign.documents.fonts import Font, fonts_for
from campaign.documents.share_image import ShareImage, draw, runs_of

TITLES = {
    "en": "Twenty-three groups ask the minister to save the River Ondra before the hearing is over",
    "zh-Hant": "二十三個團體促請部長在聽證會結束之前拯救翁德拉河，立即停止上游水壩工程",
    "ug": "23 تەشكىلات مىنىستىردىن Ondra دەرياسىنى قۇتقۇزۇشنى تەلەپ قىلىدۇ",
    "bo": "ཚོགས་པ་ ༢༣ ཡིས་བློན་ཆེན་ལ་གཙང་པོ་སྲུང་སྐྱོབ་བྱེད་རོགས་ཞུས་པ།",
}


def image_of(language: str, title: str) -> ShareImage:
    direction = "rtl" if language == "ug" else "ltr"
    counts = (("24", "ORG"), ("3,400+", "PPL"))
    return ShareImage(
        title_parts=(title,),
        kicker="Ondra",
        host="letters.example",
        language=language,
        direction=direction,
        counts=counts,
    )


def ink(png: bytes, box: tuple[int, int, int, int]) -> int:
    """How many dark pixels there are in a part of the picture."""
    with Image.open(BytesIO(png)) as picture:
        assert picture.size == (1200, 630)
        histogram = picture.convert("L").crop(box).histogram()
    return sum(histogram[:90])


@pytest.mark.slow
@pytest.mark.parametrize("language", TITLES)
def test_a_title_is_drawn_within_the_sheet_from_the_side_where_it_begins(
    language: str, tmp_path: Path
) -> None:
    assert features.check("raqm")
    if fonts_for(TITLES[language], language, own_folder=tmp_path) is None:
        pytest.skip(f"this machine has no font for {language}")
    png = draw(image_of(language, TITLES[language]), font_folder=tmp_path)
    assert len(png) < 60_000
    begin, end = (896, 1120) if language == "ug" else (80, 304)
    assert ink(png, (begin, 150, end, 450)) > 1500
    # Below it the figures begin at the same side.
    assert ink(png, (begin, 480, end, 570)) > 400
    for margin in ((0, 0, 78, 630), (1122, 0, 1200, 630), (0, 600, 1200, 630)):
        assert ink(png, margin) == 0


def test_a_long_word_is_made_smaller_rather_than_cut(tmp_path: Path) -> None:
    title = "Donaudampfschifffahrtsgesellschaften retten"
    if fonts_for(title, "de", own_folder=tmp_path) is None:
        pytest.skip("this machine has no font for German")
    assert ink(draw(image_of("de", title), font_folder=tmp_path), (1122, 0, 1200, 630)) == 0


def test_a_title_that_no_font_can_write_is_left_out(tmp_path: Path) -> None:
    without = draw(image_of("xx", "\U0010fff0\U0010fff1"), font_folder=tmp_path)
    assert Image.open(BytesIO(without)).size == (1200, 630)
    assert without == draw(image_of("xx", "\U0010fff2"), font_folder=tmp_path)


def test_a_mixed_text_takes_the_font_that_writes_most_of_it_and_another_for_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    latin = Font("latin", 0, frozenset(map(ord, "abcdefghij0123456789")))
    tibetan = Font("tibetan", 0, frozenset(range(0x0F00, 0x0FFF)))
    monkeypatch.setattr(fonts, "_known_fonts", lambda *_: (latin, tibetan))
    assert fonts_for("abc", "en", own_folder=tmp_path) == (latin,)
    assert fonts_for("བོད་ཡིག 23", "bo", own_folder=tmp_path) == (tibetan, latin)
    assert fonts_for("བོད་ཡིག 人", "bo", own_folder=tmp_path) is None


def test_a_foreign_name_keeps_its_order_in_a_line_that_runs_the_other_way() -> None:
    naskh = Font("naskh", 0, frozenset(map(ord, "خەت:. ")))
    latin = Font("latin", 0, frozenset(map(ord, "JosephRBiden. ")))
    assert runs_of("خەت: Joseph R. Biden", (naskh, latin)) == [("خەت: ", naskh), ("Joseph R. Biden", latin)]
