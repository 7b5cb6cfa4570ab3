"""Who wrote a mail, by its subject: a server's own beginning, or a person's word."""

import pytest

from campaign.domain.automatic_mail import is_automatic
from campaign.domain.quotations import without_quotation
from campaign.domain.replies import InboundMail

ANSWERS = {"in-reply-to": "<sent@river.example>"}


def came(subject: str, headers: dict[str, str], sender: str = "mara@waters.example") -> InboundMail:
    return InboundMail(
        message_id="1",
        recipients=(),
        sender_name="",
        sender_address=sender,
        subject=subject,
        text="",
        headers=headers,
    )


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: Our wells",
        "AutoReply: Our wells",
        "[Auto-Reply] Our wells",
        "Out of Office: Our wells",
        "Automatische Antwort: Our wells",
        "Abwesenheitsnotiz: Our wells",
        "Réponse automatique : Our wells",
        "Respuesta automática: Our wells",
        "Resposta automática: Our wells",
        "Risposta automatica: Our wells",
        "Automatisch antwoord: Our wells",
        "Autosvar: Our wells",
        "Automatyczna odpowiedź: Our wells",
        "Automatická odpověď: Our wells",
        "Automatikus válasz: Our wells",
        "Автоматический ответ: Our wells",
        "Автоматична відповідь: Our wells",
        "Αυτόματη απάντηση: Our wells",
        "Otomatik yanıt: Our wells",
        "رد تلقائي: Our wells",
        "ئاپتوماتىك جاۋاب: Our wells",
        "תשובה אוטומטית: Our wells",
        "自动答复: Our wells",
        "自動回覆：Our wells",
        "自動応答: Our wells",
        "자동 회신: Our wells",
        "Trả lời tự động: Our wells",
        "Undeliverable: Our wells",
    ],
)
def test_a_subject_that_begins_as_a_servers_is_one_also_beside_in_reply_to(subject: str) -> None:
    assert is_automatic(came(subject, ANSWERS))


@pytest.mark.parametrize("headers", [ANSWERS, {}])
@pytest.mark.parametrize(
    "subject",
    [
        "Absence of water in the upper wells",
        "Absent wells: what we will do",
        "Re: Automatic reply: Our wells",
        "Automatic replies are not enough",
        "On leave of the weir commission",
        "Out of office hours at the weir",
        "Auto: where buses stop",
        "Abwesenheitsregeln im Rat",
        "Ausencia de agua",
        "休假制度",
        "Re: Our wells",
        "",
    ],
)
def test_a_persons_subject_is_a_persons(subject: str, headers: dict[str, str]) -> None:
    assert not is_automatic(came(subject, {**headers, "precedence": "list"}))


@pytest.mark.parametrize(
    "subject",
    ["Out of the office until 3 May", "Mara Lindqvist is out of the office", "Absent du 3 au 9", "休假"],
)
def test_a_note_of_absence_counts_where_it_answers_nothing(subject: str) -> None:
    assert is_automatic(came(subject, {}))
    assert is_automatic(came(subject, ANSWERS, sender="no-reply@waters.example"))
    assert not is_automatic(came(subject, ANSWERS))


HEADS = [
    "On Mon, 4 May 2026 at 10:00, Rana Idris <rana@mail.example> wrote:",
    "Am 04.05.2026 um 10:00 schrieb Rana Idris:",
    "Le lundi 4 mai 2026 à 10:00, Rana Idris a écrit :",
    "El lun, 4 may 2026 a las 10:00, Rana Idris (<rana@mail.example>) escribió:",
    "Em seg., 4 de mai. de 2026 às 10:00, Rana Idris escreveu:",
    "Il giorno lun 4 mag 2026 alle ore 10:00 Rana Idris ha scritto:",
    "Op ma 4 mei 2026 om 10:00 schreef Rana Idris:",
    "Den mån 4 maj 2026 kl 10:00 skrev Rana Idris:",
    "пн, 4 мая 2026 г. в 10:00, Rana Idris <rana@mail.example>:",
    "4 мая 2026 г. Rana Idris написал(а):",
    "4 May 2026 Pzt, 10:00 tarihinde Rana Idris şunu yazdı:",
    "Rana Idris <rana@mail.example> 于2026年5月4日周一 10:00写道：",
    "Rana Idris 於 2026年5月4日 週一 上午10:00寫道：",
    "2026年5月4日(月) 10:00 Rana Idris <rana@mail.example>:",
    "2026년 5월 4일 (월) 오전 10:00, Rana Idris님이 작성:",
    "2026-يىلى 5-ئاينىڭ 4-كۈنى Rana Idris يېزىپ:",
    "في 4 مايو 2026 كتب Rana Idris:\n".strip().replace("كتب Rana Idris", "Rana Idris كتب"),
    "ཕྱི་ལོ་༢༠༢༦ ཟླ་ ༥ ཚེས་ ༤ ལ་ Rana Idris བྲིས་པ།",
]
BLOCKS = [
    "From: Rana\nSent: Monday\nTo: us\nSubject: x",
    "Von: Rana\nGesendet: Montag\nAn: uns\nBetreff: x",
    "De : Rana\nEnvoyé : lundi\nÀ : nous\nObjet : x",
    "De: Rana\nEnviado: lunes\nPara: nosotros\nAsunto: x",
    "Da: Rana\nInviato: lunedì\nA: noi\nOggetto: x",
    "Van: Rana\nVerzonden: maandag\nAan: ons\nOnderwerp: x",
    "Från: Rana\nSkickat: måndag\nTill: oss\nÄmne: x",
    "От: Rana\n\nОтправлено: 4 мая\n\nКому: нам\n\nТема: x",
    "发件人: Rana\n发送时间: 星期一\n收件人: 我们\n主题: x",
    "寄件者: Rana\n日期: 星期一\n收件者: 我們\n主旨: x",
    "差出人: Rana\n送信日時: 月曜\n宛先: 私\n件名: x",
    "من: Rana\nتاريخ الإرسال: الاثنين\nإلى: نحن\nالموضوع: x",
    "ئەۋەتكۈچى: Rana\nۋاقىت: دۈشەنبە\nكىمگە: بىزگە\nتېما: x",
    "གཏོང་མཁན: Rana\nཚེས་གྲངས: ༤\nསྦྲོལ་ཡུལ: ང་ཚོ\nབརྗོད་གཞི: x",
    "-----Ursprüngliche Nachricht-----\nVon: Rana\nAn: uns",
    "-------- 原始邮件 --------\n发件人: Rana\n主题: x",
]


@pytest.mark.parametrize(
    "head", [*(f"{head}\n> old\n> words" for head in HEADS), *(f"{block}\n\nold" for block in BLOCKS)]
)
def test_what_is_only_quoted_is_set_apart_in_every_language_of_the_product_and_of_offices(head: str) -> None:
    assert without_quotation(f"We will read the gauges.\n\n{head}") == ("We will read the gauges.", head)
