"""The topics that are shipped, on sentences made up for each idea and in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tracker.config.topics import load
from tracker.differ.topic_matching import mentions
from tracker.model import Topic

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


#: Made-up clauses of six languages: about AI, about ads chosen for people, about neither.
ABROAD = (
    (
        AI,
        "Nous pouvons utiliser vos photos pour entraîner l'intelligence artificielle du phare.",
    ),
    (AI, "Vos messages avec l'assistant servent à améliorer nos modèles."),
    (AI, "Les réponses générées par notre outil d'IA peuvent être inexactes."),
    (AI, "Vous pouvez refuser que vos lettres servent à l'apprentissage de nos modèles."),
    (
        AI,
        "Publier des images créées par une IA sans les signaler est interdit.",
    ),
    (ADS, "Nous partageons votre adresse avec des annonceurs afin de mesurer leurs campagnes."),
    (
        ADS,
        "Vous pouvez désactiver les publicités fondées sur vos centres d'intérêt.",
    ),
    (
        ADS,
        "Des traceurs permettent d'afficher des annonces pertinentes selon vos visites.",
    ),
    (ADS, "Votre nom peut apparaître à côté d'une publicité que vous avez aimée."),
    (None, "Nos marins suivent une formation chaque année pour améliorer la sécurité."),
    (None, "Toute publicité mensongère est interdite sur le quai."),
    (None, "Les services de renseignement peuvent demander l'accès au port."),
    (None, "Vous pouvez filtrer les annonces de bateaux selon leur prix."),
    (AI, "Wir verwenden Ihre Nachrichten, um künstliche Intelligenz zu trainieren."),
    (AI, "Sie können der Nutzung Ihrer Briefe für das Training unserer KI widersprechen."),
    (AI, "Antworten des Chatbots können falsch sein."),
    (AI, "Mit Hilfe maschinellen Lernens entwickeln wir neue Funktionen."),
    (AI, "KI-generierte Bilder müssen gekennzeichnet werden."),
    (ADS, "Wir geben Ihre Kennung an Werbetreibende weiter."),
    (ADS, "Sie können interessenbezogene Werbung in den Einstellungen abschalten."),
    (ADS, "Wir messen, wie wirksam Anzeigen bei Ihnen sind."),
    (ADS, "Unsere Partner zeigen Ihnen Werbung, die auf Ihrem Besuch beruht."),
    (None, "Unsere Lotsen erhalten eine Schulung und ein Training an Bord."),
    (None, "Unerlaubte Werbung am Kai ist verboten."),
    (None, "Der Nachrichtendienst kann Auskunft verlangen."),
    (None, "Das Modell Ihres Geräts wird gespeichert."),
    (AI, "Usamos sus mensajes para entrenar inteligencia artificial."),
    (AI, "Puede oponerse a que sus cartas se usen para el entrenamiento de nuestros modelos."),
    (AI, "El contenido generado por IA puede contener errores."),
    (AI, "Sus conversaciones con el asistente ayudan a mejorar nuestros modelos."),
    (ADS, "Compartimos su dirección con anunciantes para medir sus campañas."),
    (ADS, "Puede desactivar la publicidad basada en sus intereses."),
    (ADS, "Mostramos anuncios personalizados según su navegación."),
    (ADS, "Su nombre puede aparecer junto a un anuncio."),
    (None, "El entrenamiento de los pilotos es obligatorio."),
    (None, "Queda prohibida la publicidad engañosa en el muelle."),
    (None, "El modelo de su dispositivo queda registrado."),
    (AI, "Usiamo i tuoi messaggi per addestrare l'intelligenza artificiale."),
    (AI, "Le risposte generate dall'IA possono essere errate."),
    (AI, "Puoi opporti all'addestramento dei nostri modelli con le tue lettere."),
    (AI, "L'apprendimento automatico ci aiuta a migliorare il servizio."),
    (ADS, "Condividiamo il tuo indirizzo con gli inserzionisti per misurare le loro campagne."),
    (ADS, "Puoi disattivare la pubblicità basata sui tuoi interessi."),
    (ADS, "Mostriamo annunci in base alla tua navigazione e ai tuoi interessi."),
    (None, "La pubblicità ingannevole è vietata sul molo."),
    (None, "I piloti seguono un addestramento annuale."),
    (None, "Gli annunci di vendita di barche scadono dopo un mese."),
    (AI, "Usamos as suas mensagens para treinar inteligência artificial."),
    (AI, "Pode opor-se ao uso das suas cartas no treino dos nossos modelos."),
    (AI, "O conteúdo gerado por IA pode conter erros."),
    (AI, "As conversas com o assistente ajudam a melhorar os nossos modelos."),
    (ADS, "Partilhamos o seu endereço com anunciantes para medir as campanhas."),
    (ADS, "Pode desativar a publicidade baseada nos seus interesses."),
    (ADS, "Mostramos anúncios personalizados."),
    (None, "O treino dos pilotos é obrigatório."),
    (None, "A publicidade enganosa é proibida no cais."),
    (AI, "Wij gebruiken je berichten om kunstmatige intelligentie te trainen."),
    (AI, "Antwoorden van de chatbot kunnen onjuist zijn."),
    (AI, "Je kunt bezwaar maken tegen het trainen van onze modellen met je brieven."),
    (AI, "Door AI gegenereerde beelden moeten worden gemarkeerd."),
    (ADS, "Wij delen je adres met adverteerders om hun campagnes te meten."),
    (ADS, "Je kunt advertenties op basis van je interesses uitschakelen."),
    (ADS, "Onze partners tonen je gepersonaliseerde advertenties."),
    (None, "Onze loodsen volgen elk jaar een training."),
    (None, "Misleidende reclame is verboden op de kade."),
    (None, "Het model van je apparaat wordt opgeslagen."),
)


@pytest.mark.parametrize(("topic", "sentence"), ABROAD)
def test_clauses_in_other_languages_have_their_topic_and_no_other(
    topic: Topic | None, sentence: str
) -> None:
    assert [t for t in TOPICS.values() if mentions(t, sentence)] == ([topic] if topic else [])
