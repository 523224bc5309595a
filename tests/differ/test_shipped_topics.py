"""The topics that are shipped, on sentences made up for each idea and in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.config.topics import load
from tracker.differ.topic_matching import mentions

TOPICS = {t.id: t for t in load(Path(__file__).parents[2] / "data" / "topics.toml")}
AI, ADS = TOPICS["generative-ai"], TOPICS["targeted-advertising"]


@pytest.mark.parametrize(
    "sentence",
    [
        "We use machine learning to improve the harbour service.",
        "Your letters help us develop our systems and models.",
        "This toggle covers product improvement and training.",
        "Copilot can make mistakes, so do not rely on it at sea.",
        "Nous employons l'apprentissage automatique pour améliorer le port.",
        "Vos lettres servent à entraîner nos modèles.",
        "Wir trainieren unsere Modelle mit Ihren Briefen.",
        "Maschinelles Lernen hilft, den Hafen zu verbessern.",
        "Usamos sus cartas para entrenar nuestros modelos.",
        "Le lettere servono ad addestrare i nostri modelli.",
        "Usamos inteligência artificial no porto.",
        "We gebruiken brieven om onze modellen te trainen.",
    ],
)
def test_what_is_about_ai_is_found(sentence: str) -> None:
    assert mentions(AI, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "To advertise our services on other platforms, we share a list of guests.",
        "We tell partners which ad was seen or clicked on, and the ad seen last.",
        "Nous mesurons l'efficacité des actions publicitaires.",
        "Vos identifiants vont à nos plateformes publicitaires.",
        "Wir zeigen Ihnen Werbung, die zu Ihren Interessen passt.",
        "Unsere Werbepartner erhalten diese Kennung.",
        "Mostramos anuncios según sus intereses.",
        "Mostriamo annunci in base ai tuoi interessi.",
        "Mostramos anúncios com base nos seus interesses.",
        "We tonen advertenties op basis van je interesses.",
        "An advertiser receives data about the guests it reached.",
    ],
)
def test_what_is_about_targeted_ads_is_found(sentence: str) -> None:
    assert mentions(ADS, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "The harbour alone may sell advertising on its walls.",
        "Do not sell berths by means of advertisements on masts.",
        "Our advertising guidelines apply to each poster.",
        "Our advertiser must comply with these rules at all times.",
        "Ad formats are listed below.",
    ],
)
def test_ads_as_objects_are_not_about_people(sentence: str) -> None:
    assert not mentions(ADS, sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Harbour AI Technologies keeps the lamps lit.",
        "Follow the on-screen prompts to moor.",
        "Machine learning picks the lamp that is lit first.",
    ],
)
def test_names_and_engines_are_not_about_ai(sentence: str) -> None:
    assert not mentions(AI, sentence)
