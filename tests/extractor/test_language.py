from __future__ import annotations

import pytest
from hypothesis import given

from tests.strategies import prose, texts
from tracker.extractor.language import language

SAMPLES = {
    "en": (
        "We share the data that you give to us with our partners, and you may ask for a copy "
        "of it. This is for the time that you are with us."
    ),
    "de": (
        "Wir geben die Daten, die Sie uns geben, nicht an andere weiter. Sie können das "
        "jederzeit und auf Wunsch ändern, und wir werden es für Sie tun."
    ),
    "fr": (
        "Nous partageons vos données avec nos partenaires pour les services que vous "
        "utilisez. Vous pouvez dans tous les cas refuser, et nous ne les gardons pas."
    ),
    "es": (
        "Compartimos los datos que usted nos da con nuestros socios para los servicios. "
        "Usted puede pedir una copia por escrito de sus datos y de las reglas."
    ),
    "it": (
        "Non diamo i dati che ci date a terzi, con una sola eccezione per gli obblighi di "
        "legge. I tuoi dati sono nel sistema e non vengono venduti per una somma."
    ),
    "pt": (
        "Não vendemos os dados que você nos dá. Com uma conta você pode ver os seus dados em "
        "nosso serviço, ou pedir para apagar os que não são mais seus."
    ),
    "nl": (
        "Wij delen het niet met anderen, en uw gegevens zijn van u. Voor deze dienst wordt "
        "een kopie van het bestand gemaakt, met uw naam en onze code."
    ),
    "sv": (
        "Vi delar inte din information med andra och det är du som väljer. För att se våra "
        "regler kan du gå till din sida, eller skriva till oss på nätet."
    ),
    "pl": (
        "Nie udostępniamy danych, że są one u nas na zawsze. Twoje dane oraz nasze zasady są "
        "dla ciebie, lub przez to się zmienia, z tym że jest to do zrobienia w domu."
    ),
    "hi": (
        "हम आपकी जानकारी अपने साझेदारों के साथ साझा करते हैं और आप कभी भी अपनी जानकारी की "
        "प्रति माँग सकते हैं क्योंकि यह आपका अधिकार है"
    ),
    "ru": (
        "Мы не передаём ваши данные другим лицам, и вы можете в любое время попросить копию "
        "всего, что мы храним о вас, или удалить это навсегда без объяснения причин"
    ),
    "ar": (
        "نحن نشارك البيانات التي تقدمها لنا مع شركائنا ويمكنك في أي وقت أن تطلب نسخة من كل "
        "ما نحتفظ به عنك أو أن تحذفه نهائيا دون شرح"
    ),
    "ja": (
        "当社は、お客様の情報を、広告のために、利用します。お客様は、いつでも、写しを、"
        "求める、ことが、できます。データは、サービスの、ために、保存、されます。また、"
        "規約の、変更を、お知らせ、します。"
    ),
    "zh": (
        "我们，会与，合作伙伴，共享，您的，信息。您，可以，随时，要求，获得，副本。我们，"
        "不会，出售，您的，数据，也不会，用于，广告，除非，您，同意。"
    ),
    "ko": (
        "우리는 귀하가 제공한 정보를 파트너와 공유하며 귀하는 언제든지 우리가 보관하는 모든 "
        "것의 사본을 요청할 수 있고 이유를 설명하지 않고 영구적으로 삭제할 수 있습니다"
    ),
}


@pytest.mark.parametrize("code", SAMPLES)
def test_a_paragraph_is_enough_to_know_its_language(code: str) -> None:
    assert language(SAMPLES[code]) == code


@pytest.mark.parametrize("text", ["", "Terms of Service", "12 34 " * 40, "foo bar baz " * 20])
def test_too_little_to_tell_is_none(text: str) -> None:
    assert language(text) is None


def test_a_bit_of_each_is_none() -> None:
    assert language(" ".join(SAMPLES.values())) is None


def test_foreign_names_change_nothing() -> None:
    assert language(SAMPLES["de"] + " Terms of Service and Privacy Policy") == "de"


@given(texts)
def test_any_text_has_a_language_or_none(text: str) -> None:
    assert language(text * 10) is None or len(language(text * 10) or "") == 2


@given(prose)
def test_the_answer_is_the_same_every_time(text: str) -> None:
    assert language(text) == language(text)
