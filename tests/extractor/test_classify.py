"""Is this page the document? Everything that is not must never become a version."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.extractor.test_language import SAMPLES
from tests.strategies import PAGE, START, capture
from tracker.extractor import Classification, classify
from tracker.model import Capture, Outcome, Source

SOURCE = Source(PAGE)
SELECTED = Source(PAGE, ("main",))


def look(
    html: str, *earlier: Capture, source: Source | None = SOURCE, media: str = "text/html"
) -> Classification:
    # Each look comes half a day after the last one.
    time = max((c.time for c in earlier), default=START) + timedelta(hours=12)
    return classify(html.encode(), media, source, earlier, time)


def outcome(html: str, *earlier: Capture, source: Source | None = SOURCE) -> Outcome:
    return look(html, *earlier, source=source).outcome


def article(text: str, times: int = 40) -> str:
    return "<main><h1>Terms</h1>" + f"<p>{text}</p>" * times + "</main>"


LONG = article(SAMPLES["en"])
GOOD = look(LONG)


def good(day: float = 0) -> Capture:
    return capture(day, text=GOOD.text, length=GOOD.length, language=GOOD.language)


def held(day: float, judgement: Classification) -> Capture:
    return capture(
        day, outcome=judgement.outcome, text=judgement.text, length=judgement.length, language="en"
    )


# ── by itself ─────────────────────────────────────────────────────────────────────


def test_a_document_is_good_and_measured() -> None:
    assert (GOOD.outcome, GOOD.reason, GOOD.language) == (Outcome.GOOD, "", "en")
    assert GOOD.length == len("Terms") + 40 * (len(SAMPLES["en"]) + 1)
    assert GOOD.text is not None
    assert GOOD.text == look(LONG.replace(" ", "\n ")).text


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Please verify you are human", Outcome.CHALLENGE),
        ("Checking your browser before you go on", Outcome.CHALLENGE),
        ("We noticed unusual traffic from your network", Outcome.CHALLENGE),
        ("Access denied", Outcome.CHALLENGE),
        ("You’re temporarily blocked", Outcome.CHALLENGE),
        ("Sign in", Outcome.WALL),
        ("Join now to see who is here", Outcome.WALL),
        ("Please log in to continue", Outcome.WALL),
        ("Accept cookies from us on this browser?", Outcome.WALL),
        ("Page not found", Outcome.MISSING),
        ("The page doesn’t exist or may have been moved", Outcome.MISSING),
        ("Application error: see the console", Outcome.SERVER_ERROR),
        ("This page isn’t available right now", Outcome.SERVER_ERROR),
        ("Sorry! Something went wrong :(", Outcome.SERVER_ERROR),
        ("You should be redirected quickly", Outcome.SERVER_ERROR),
        ("Your browser is out of date", Outcome.SERVER_ERROR),
    ],
)
def test_a_short_page_is_known_by_what_it_says(words: str, expected: Outcome) -> None:
    found = look(f"<main><p>{words}</p></main>")
    assert found.outcome is expected
    assert "A short page in place of the document says “" in found.reason
    # A long document may well speak of such things.
    assert outcome(article(words, 60) + LONG) is Outcome.GOOD
    # The rest of the page says it too where the selection is gone, and so does the title.
    assert outcome(f"<div>{words}</div>", source=SELECTED) is expected
    assert outcome(f"<title>{words}</title><p>-</p>") is expected


def test_a_page_without_text_is_empty() -> None:
    assert outcome("") is outcome("<main><p>&nbsp;—</p></main>") is Outcome.EMPTY
    found = look("<title>Terms</title><p>Menu</p><main><p>-</p></main>", source=SELECTED)
    assert found.outcome is Outcome.EMPTY
    assert "selected part" in found.reason
    assert look("").text is None


def test_a_selector_that_matches_nothing_names_itself_and_the_way_out() -> None:
    found = look(LONG, source=Source(PAGE, (".terms",)))
    assert found.outcome is Outcome.SELECTOR
    assert "'.terms' matches nothing on https://example.org/legal/terms" in found.reason
    assert "mend the declaration" in found.reason


def test_bytes_that_contradict_their_charset_are_not_text() -> None:
    found = classify(b"<p>\xff</p>", "text/html; charset=utf-8", SOURCE, (), START)
    assert (found.outcome, found.text) == (Outcome.NOT_TEXT, None)
    assert "utf-8" in found.reason


def test_a_letter_that_could_not_be_read_is_said_of_a_good_page() -> None:
    body = LONG.encode().replace(b"copy", b"co\xffy", 1)
    found = classify(body, "text/html; charset=utf-8", SOURCE, (), START)
    assert found.outcome is Outcome.GOOD
    assert "One place is no letter of utf-8" in found.reason


def test_a_page_that_lost_the_encoding_it_named_is_not_guessed_at() -> None:
    body = "<p>Wir geben Ihre Daten über die Größe an niemanden weiter.</p>".encode("latin-1")
    named = capture(text="x", length=5, media="text/html; charset=iso-8859-1")
    unnamed = capture(text="x", length=5)
    assert classify(body, "text/html", SOURCE, [named], START).outcome is Outcome.NOT_TEXT
    assert classify(body, "text/html", SOURCE, [unnamed], START).outcome is Outcome.GOOD
    plain = b"<p>We share your data with nobody at all.</p>"
    assert classify(plain, "text/html", SOURCE, [named], START).outcome is Outcome.GOOD


@pytest.mark.parametrize(
    "words", ["Our engineers are on it.", "ページはありません", "Ova stranica spava."]
)
def test_a_short_page_that_says_nothing_of_terms_waits(words: str) -> None:
    page = f"<h1>{words}</h1>".encode()
    earlier: list[Capture] = []
    for hours in (0, 13, 26):
        time = START + timedelta(hours=hours)
        found = classify(page, "text/html", SOURCE, earlier, time)
        seen = replace(good(), outcome=found.outcome, text=found.text, length=found.length)
        earlier.append(replace(seen, time=time))
    assert [c.outcome for c in earlier] == [Outcome.EMPTY, Outcome.EMPTY, Outcome.GOOD]
    assert classify(page, "text/html", SOURCE, [earlier[-1]], START).outcome is Outcome.GOOD


@given(
    st.binary(max_size=60),
    st.sampled_from(["text/html", "text/markdown", "text/html;charset=utf-16"]),
)
def test_any_body_is_judged(body: bytes, media: str) -> None:
    found = classify(body, media, SELECTED, [good()], START)
    assert (found.reason == "") is (found.outcome is Outcome.GOOD)
    assert found.text is not None or found.outcome is not Outcome.GOOD


# ── against the last good one ─────────────────────────────────────────────────────


@pytest.mark.parametrize("code", ["de", "fr", "hi", "ja"])
def test_another_language_than_the_day_before_is_refused(code: str) -> None:
    found = look(article(SAMPLES[code]), good())
    assert found.outcome is Outcome.LANGUAGE
    assert f"another language ({code})" in found.reason
    assert outcome(article(SAMPLES[code])) is Outcome.GOOD


def test_a_text_whose_language_is_unclear_is_not_refused() -> None:
    assert outcome(article("foo bar baz " * 30), good()) is Outcome.GOOD


SHORT = article(SAMPLES["en"], 15)
COLLAPSE = look(SHORT, good())


def test_less_than_half_of_the_text_is_held() -> None:
    assert COLLAPSE.outcome is Outcome.COLLAPSED
    assert "less than half" in COLLAPSE.reason
    assert outcome(article(SAMPLES["en"], 21), good()) is Outcome.GOOD
    assert outcome(SHORT) is Outcome.GOOD


@pytest.mark.parametrize(
    ("days", "accepted"),
    [
        ([1], False),
        ([1, 1.4], False),
        ([1, 1.5], True),
        ([1, 2], True),
        ([1, 1.1, 1.2, 1.3], False),
        ([1, 1.5, 2], True),
    ],
)
def test_a_collapse_counts_after_three_agreeing_looks_over_a_day(
    days: list[float], accepted: bool
) -> None:
    found = outcome(SHORT, good(), *(held(day, COLLAPSE) for day in days))
    assert found is (Outcome.GOOD if accepted else Outcome.COLLAPSED)


def test_a_collapse_that_does_not_agree_waits_again() -> None:
    looks = (good(), held(1, COLLAPSE), held(2, COLLAPSE))
    assert outcome(SHORT, *looks) is Outcome.GOOD
    assert outcome(SHORT.replace("copy", "part"), *looks) is Outcome.COLLAPSED
    assert outcome(SHORT, held(1, COLLAPSE), good(1.5), held(2, COLLAPSE)) is Outcome.COLLAPSED


def test_only_looks_that_were_held_count_as_agreeing() -> None:
    other = capture(1, outcome=Outcome.LANGUAGE, text=COLLAPSE.text, length=COLLAPSE.length)
    assert outcome(SHORT, good(), other, held(2, COLLAPSE)) is Outcome.COLLAPSED


def test_a_collapse_that_was_accepted_is_the_new_measure() -> None:
    accepted = capture(3, text=COLLAPSE.text, length=COLLAPSE.length, language="en")
    assert outcome(SHORT, good(), accepted) is Outcome.GOOD


def test_only_the_last_good_capture_is_compared_with() -> None:
    wall = capture(1, outcome=Outcome.WALL, length=10)
    assert outcome(LONG, good(), wall) is Outcome.GOOD
    assert outcome(SHORT, good(), wall) is Outcome.COLLAPSED


def test_what_an_archive_chose_as_markdown_counts_as_agreed() -> None:
    text = "# Terms\n\n" + SAMPLES["en"]
    assert look(text, good(), media="text/markdown").outcome is Outcome.GOOD
    assert look(f"<p>{SAMPLES['en']}</p>", good()).outcome is Outcome.COLLAPSED


def test_a_frame_that_a_script_is_to_fill_is_no_first_sight() -> None:
    frame = "<title>Acme</title><body><div id=root>Loading…</div><script>fill()</script>"
    found = look(frame)
    assert found.outcome is Outcome.EMPTY
    assert "a script that is to fill it" in found.reason
    # A short text without a script is a short text, and one that was seen long is a collapse.
    assert outcome("<main><p>Write to us to have your data deleted.</p></main>") is Outcome.GOOD
    again = capture(outcome=Outcome.EMPTY, text=found.text, length=found.length)
    assert outcome(frame, again) is outcome(frame, good()) is Outcome.EMPTY
    words = "<p>We share your data with the carrier and nobody else.</p><script>count()</script>"
    assert outcome(words) is Outcome.GOOD
    assert (
        outcome(
            f"{LONG}<i id=day>From 1 May</i><script>fill()</script>", source=Source(PAGE, ("#day",))
        )
        is Outcome.GOOD
    )


@pytest.mark.parametrize(
    ("title", "words", "expected"),
    [
        ("404", "Nothing here.", Outcome.MISSING),
        ("Error 503", "Guru Meditation", Outcome.SERVER_ERROR),
        ("Oh no", "We can’t find the page you are looking for.", Outcome.MISSING),
        ("Terms", "You need to enable JavaScript to run this app.", Outcome.SERVER_ERROR),
        ("Acme", "We are down for scheduled maintenance. Thank you.", Outcome.SERVER_ERROR),
        ("Join now", "By clicking Agree, you agree to our Terms and Privacy Policy.", Outcome.WALL),
        ("Page introuvable", "Revenez à la page d’accueil.", Outcome.MISSING),
        ("Maintenance", "Le site est temporairement indisponible.", Outcome.SERVER_ERROR),
        ("Fehler", "Die Seite wurde leider nicht gefunden.", Outcome.MISSING),
        ("Acme", "Wegen Wartungsarbeiten sind wir bald zurück.", Outcome.SERVER_ERROR),
        ("Acme", "Ha ocurrido un error. Inténtelo de nuevo.", Outcome.SERVER_ERROR),
        ("Acme", "La pagina non è stata trovata.", Outcome.MISSING),
        ("Acme", "Serviço em manutenção, voltaremos em breve.", Outcome.SERVER_ERROR),
        ("Acme", "Deze pagina bestaat niet.", Outcome.MISSING),
        ("Acme", "Schakel JavaScript in om verder te gaan.", Outcome.SERVER_ERROR),
        ("Ошибка", "Такая страница не найдена.", Outcome.MISSING),
        ("Przerwa", "Przerwa techniczna, zapraszamy jutro.", Outcome.SERVER_ERROR),
        ("Hata", "Aradığınız sayfa bulunamadı.", Outcome.MISSING),
        ("エラー", "お探しのページは見つかりませんでした。", Outcome.MISSING),
        ("提示", "系统维护中，请稍后再试。", Outcome.SERVER_ERROR),
        ("오류", "페이지를 찾을 수 없습니다.", Outcome.MISSING),
        ("خطأ", "لم نتمكن من العثور على هذه الصفحة.", Outcome.MISSING),
        ("त्रुटि", "यह पेज नहीं मिला।", Outcome.MISSING),
        ("Virhe", "Sivu on hetken poissa.", Outcome.SERVER_ERROR),
        ("Acme", "Press & Hold to go on.", Outcome.CHALLENGE),
        ("Acme", "You need access to this file.", Outcome.WALL),
        ("Index of /legal", "Parent Directory", Outcome.MISSING),
    ],
)
def test_an_error_says_so_in_many_languages(title: str, words: str, expected: Outcome) -> None:
    page = f"<title>{title}</title><main><h1>{title}</h1><p>{words}</p></main>"
    assert outcome(page) is outcome(page, good()) is expected


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Refunds", "If goods are no longer available we say so. We pay back what you paid."),
        ("Sale", "You must create an account to buy. Goods can be sent back within ten days."),
        ("返金", "サービスがメンテナンス中の場合、料金を返金します。契約は解約できます。"),
        ("환불", "상품을 찾을 수 없습니다. 개인정보는 다른 사람에게 절대로 제공하지 않습니다."),
        ("Возврат", "Если товар не найден, мы вернём оплату в течение десяти дней по закону."),
        ("Opt out", "Log in to your account, open Settings and opt out of training on your posts."),
        ("Cookies", "A captcha protects our form and sets a cookie. You may delete each cookie."),
        ("Uptime", "If the service is unavailable for a day, you may cancel and get a refund."),
        (
            "Hinweise",
            "Ist die Ware nicht verfügbar, erstatten wir. Sie können den Vertrag kündigen.",
        ),
        ("Imprint", "Acme, 404 Main Street. The court of Springfield decides."),
    ],
)
def test_an_honest_short_text_may_speak_of_such_things(title: str, words: str) -> None:
    assert outcome(f"<title>{title}</title><main><h1>{title}</h1><p>{words}</p></main>") is (
        Outcome.GOOD
    )


def test_a_page_that_sends_its_readers_on_names_the_place() -> None:
    page = "<head><meta http-equiv=Refresh content='{}'></head>" + LONG
    found = look(page.format("0; url=/new"))
    assert found.outcome is Outcome.REDIRECTED
    assert " /new by itself" in found.reason
    for value in ("900", "1800; url=/signed-out", f"5; url={PAGE}"):
        assert outcome(page.format(value)) is Outcome.GOOD
    assert outcome(f"<noscript>{page.format('0; url=/plain')}</noscript>{LONG}") is Outcome.GOOD


FRAME = '<iframe src="/legal/terms-2025.html" width="100%" height=800></iframe>'


@pytest.mark.parametrize(
    "body",
    [
        f"<main><h1>Terms of Service</h1>{FRAME}</main>",
        f"<nav><a href=/>Home</a></nav><p>Our terms are below, with our privacy policy.</p>{FRAME}",
        "<frameset><frame src='/legal/terms-2025.html'></frameset>",
        "<h1>Terms</h1><object data='/legal/terms-2025.html' type=text/html></object>",
    ],
)
def test_a_frame_that_holds_the_document_is_named_with_its_address(body: str) -> None:
    source = Source("https://harbour.example/terms")
    found = classify(f"<html><body>{body}".encode(), "text/html", source, (), START)
    assert found.outcome is Outcome.EMPTY
    assert "https://harbour.example/legal/terms-2025.html" in found.reason


@pytest.mark.parametrize(
    "frame",
    [
        '<iframe src="https://films.example/v/1"></iframe>',
        '<iframe src="https://count.example/terms" width=1 height=1></iframe>',
        '<iframe src="https://count.example/terms" style="display:none"></iframe>',
    ],
)
def test_a_frame_beside_a_short_text_is_none(frame: str) -> None:
    text = "<h1>Rules</h1><p>You agree that we keep your data for thirty days.</p>"
    found = classify(f"<html><body>{text}{frame}".encode(), "text/html", None, (), START)
    assert found.outcome is Outcome.GOOD
