"""What a revision is worth to a reader. Each rule was taken from what archives really recorded."""

from __future__ import annotations

import pytest

from tests.strategies import PAGE, capture, version
from tracker.differ import revise, significance
from tracker.model import Kind, Revision, Significance, Source, Version

EDITORIAL, LINKS = Significance.EDITORIAL, Significance.LINKS
SUBSTANTIVE, ANNOUNCEMENT = Significance.SUBSTANTIVE, Significance.ANNOUNCEMENT
TECHNICAL = Significance.TECHNICAL

TEXT = [
    "We keep the data that you give us for as long as you are a member.",
    "You may ask us at any time for a copy of everything we hold.",
    "Partners see how often their campaign was shown, never to whom.",
    "Disputes are heard where you live, under the law that applies there.",
]


def body(*lines: str, title: str = "Privacy Policy") -> str:
    return f"<h1>{title}</h1>" + "".join(f"<p>{line}</p>" for line in lines)


def between(before: str, after: str) -> Revision:
    return revise(version(before), version(after, 1), ())


def worth(before: str, after: str) -> Significance:
    """Of one paragraph that changed among others."""
    return between(body(before, *TEXT), body(after, *TEXT)).significance


# ── wording ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We may, however, share it.", "We may however share it"),
        ("We share It with Our partners", "We share it with our Partners"),
        ("Wait 30 days - then ask", "Wait 30-days – then ask!"),
        ("log in to the web site", "login to the website"),
        ("Due on 2025-11-03", "Due on 2025/11/03"),
        ("Last updated 3 weeks ago", "Last updated 4 weeks ago"),
        ("Updated: yesterday", "Updated: 2 days ago"),
        ("3 days ago", "a week ago"),
        ("Ask at (mailto:me@law.test)", "Ask at me@law.test"),
        ("Effective January 12, 2026", "Effective 12 January 2026"),
        ("Effective January 12, 2026", "Effective January 13, 2026"),
        ("Last updated: May 2025", "Last updated: June 2025"),
        ("Updated 11/26/2020", "Updated : 01/03/2022"),
        ("Dernière mise à jour : 3 mai 2024", "Dernière mise à jour : 4 juin 2024"),
        ("Stand: 3. Mai 2024", "Stand: 1. Juni 2024"),
        ("You authorise us to keep your favourites", "You authorize us to keep your favorites"),
        ("We keep the data you give us", "We keep thedata you give us"),
        ("Write to [desk@a.test](mailto: desk@a.test) now", "Write to desk@a.test now"),
        ("See here how to write", "See how to write."),
        ("See http://www.a.test/help", "See https://a.test/help"),
        ("See it all. 6.2 Marks. They are ours.", "See it all. Marks. They are ours."),
        ("Kept there, Licence and fees | none |", "| Kept there | License and fees | none"),
        ("Données a caractere personnel", "Données à caractère personnel"),
    ],
)
def test_slips_and_typography_are_editorial_there_and_back(before: str, after: str) -> None:
    assert worth(before, after) is worth(after, before) is EDITORIAL


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("We may share it", "We will share it"),
        ("We keep it for 30 days", "We keep it for 60 days"),
        ("You may object until January 12, 2026.", "You may object until January 13, 2026."),
        ("A fee of 1.5% is due", "A fee of 15% is due"),
        ("A fee of €100 is due", "A fee of $100 is due"),
        ("See items 1, 2 below", "See items 12 below"),
        ("हम आप की सेवा", "हम आप के सेवा"),
        # A term, not a counter.
        (
            "Accounts opened more than 30 days ago lose the right to a refund of all fees.",
            "Accounts opened more than 90 days ago lose the right to a refund of all fees.",
        ),
        ("You agreed today", "You agreed yesterday"),
        # List items end without a full stop; a longer one is no mended slip.
        (
            "We share your profile with our partners",
            "We share your profile with our partners and use it to train models.",
        ),
        (
            "We share your profile with our partners",
            "We share your profile with our partners for every purpose of their own",
        ),
        ("1.5 million members share", "9.5 million members share"),
    ],
)
def test_another_meaning_is_substantive_there_and_back(before: str, after: str) -> None:
    assert worth(before, after) is worth(after, before) is SUBSTANTIVE


def test_a_heading_that_grew_is_no_mended_slip() -> None:
    page = "<h1>T</h1><h2>{}</h2><p>x</p>"
    short, long = (
        page.format("How we use your pictures"),
        page.format("How we use your pictures forever."),
    )
    assert between(short, long).significance is SUBSTANTIVE


def test_order_and_numbers_alone_are_editorial() -> None:
    assert between(body(*TEXT), body(*TEXT[1:], TEXT[0])).significance is EDITORIAL
    numbered = [f"{n}. {line}" for n, line in enumerate(TEXT, 2)]
    assert between(body(*TEXT), body(*numbered)).significance is EDITORIAL


def test_references_that_follow_a_renumbering_are_editorial() -> None:
    rules = "".join(f"<h2>{{}}.{n} Rule of the house</h2><p>{TEXT[n]}</p>" for n in range(4))
    page = "<h1>T</h1>" + rules + "<p>As Section {}.2 has it, nobody is left out of it.</p>"
    before, after = (page.format(*[n] * 5) for n in (3, 4))
    revision = between(before, after)
    assert revision.significance is EDITORIAL
    assert {c.kind for c in revision.changes} == {Kind.RENUMBERED}
    elsewhere = between(before, page.format(4, 4, 4, 4, 9))
    assert elsewhere.significance is SUBSTANTIVE


def test_targets_alone_are_links() -> None:
    html = body(*TEXT, '<a href="https://a.example/x">Help</a>')
    revision = between(html, html.replace("/x", "/y"))
    assert revision.significance is LINKS
    assert not revision.significance.is_news


def test_any_substantive_change_is_news_among_slips() -> None:
    before, after = body(*TEXT), body(TEXT[0].upper(), *TEXT[1:], "We also sell it.")
    revision = between(before, after)
    assert revision.significance is SUBSTANTIVE
    assert [c.significance for c in revision.changes] == [EDITORIAL, SUBSTANTIVE]


# ── slips of the page ─────────────────────────────────────────────────────────────

WHOLE = "Our policy covers all. It applies to any Member or Visitor to our services."
BROKEN = "Our policy covers all. It applies to any Member or"


def test_a_sentence_that_broke_off_is_a_slip() -> None:
    assert worth(WHOLE, BROKEN) is EDITORIAL


def test_a_sentence_that_grew_is_a_slip_mended_only_where_it_stood_before() -> None:
    assert worth(BROKEN, WHOLE) is SUBSTANTIVE
    versions = [version(body(line, *TEXT), n) for n, line in enumerate((WHOLE, BROKEN, WHOLE))]
    known = frozenset(c.key for c in versions[0].clauses)
    assert revise(versions[1], versions[2], (), known).significance is EDITORIAL
    longer = version(body(f"{WHOLE[:-1]} and to their friends.", *TEXT))
    assert revise(versions[1], longer, (), known).significance is SUBSTANTIVE


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "We share your mail address",
            "We share your mail address book and messages with advertisers.",
        ),
        ("We never sell your personal data", "We never sell your personal data directly."),
    ],
)
def test_an_item_that_grew_is_another_rule(before: str, after: str) -> None:
    assert worth(before, after) is SUBSTANTIVE


# ── announcements ─────────────────────────────────────────────────────────────────

SOON = "On November 3, 2025, we are making some changes to our Privacy Policy."
DONE = "We updated our Privacy Policy on November 3, 2025."


@pytest.mark.parametrize(
    ("before", "after"),
    [((), (SOON,)), ((SOON,), (DONE,)), ((DONE,), ()), ((), ("Updates to our terms are coming",))],
)
def test_a_banner_that_comes_changes_or_goes_is_an_announcement(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    revision = between(body(*before, *TEXT), body(*after, *TEXT))
    assert revision.significance is ANNOUNCEMENT
    assert revision.significance.is_news
    assert "notice" in revision.reason


def test_a_sentence_about_changes_inside_a_section_is_no_banner() -> None:
    page = body(*TEXT) + "<h2>9. The end</h2>"
    assert between(page, f"{page}<p>We may change this policy.</p>").significance is SUBSTANTIVE


def test_a_banner_beside_real_changes_does_not_hide_them() -> None:
    after = body(SOON, TEXT[0].replace("keep", "sell"), TEXT[1].replace("may", "cannot"), *TEXT[2:])
    assert between(body(*TEXT), after).significance is SUBSTANTIVE


def test_more_changes_than_notices_are_no_announcement_however_long_the_text() -> None:
    lines = [f"Rule number {n} is to be kind to guest number {n} at all times" for n in range(99)]
    after = [line.replace("kind", "good") if n in (3, 4) else line for n, line in enumerate(lines)]
    assert between(body(*lines), body(SOON, *after)).significance is SUBSTANTIVE
    assert between(body(*lines), body(SOON, *after[:4], *lines[4:])).significance is ANNOUNCEMENT


@pytest.mark.parametrize(
    "line",
    [
        "We may update this policy and we will use your messages to train our models.",
        "From time to time we change this policy.",
        "We reserve the right to amend these terms.",
    ],
)
def test_that_a_text_may_change_announces_nothing(line: str) -> None:
    assert between(body(*TEXT), body(line, *TEXT)).significance is SUBSTANTIVE


def test_a_clause_far_down_a_page_without_headings_is_no_banner() -> None:
    lines = [f"Rule number {n} is kept by everybody who takes part." for n in range(20)]
    before = body(*lines, "We change these terms with a notice of thirty days.")
    after = body(*lines, "We change these terms with no notice.")
    assert between(before, after).significance is SUBSTANTIVE


# ── other pages ───────────────────────────────────────────────────────────────────

OTHER = [
    f"Buyers of our goods pay shipment number {n} within {n} weeks of order" for n in range(2, 9)
]


def test_another_page_in_its_place_is_technical() -> None:
    revision = between(body(*TEXT), body(*OTHER, title="Sales Agreement"))
    assert revision.significance is TECHNICAL
    assert revision.reason == "another page took its place: Sales Agreement"


def test_a_rewrite_under_the_same_title_is_substantive() -> None:
    assert between(body(*TEXT), body(*OTHER)).significance is SUBSTANTIVE


def test_a_new_title_over_the_same_text_is_substantive() -> None:
    assert between(body(*TEXT), body(*TEXT, title="Privacy Notice")).significance is SUBSTANTIVE


def test_pages_that_were_joined_or_left_out_are_technical() -> None:
    wide = body(*TEXT) + body(*OTHER, title="Sales")
    assert between(body(*TEXT), wide).reason == "other pages were added to the text"
    assert between(wide, body(*TEXT)).reason == "some of the pages it was made of were left out"
    assert between(body(*TEXT), wide).significance is TECHNICAL


def seen(html: str, *sources: Source) -> Version:
    rows = tuple(capture(source=s) for s in sources)
    return version(html, urls=tuple(s.url for s in sources), captures=rows)


def test_a_text_from_other_addresses_or_selectors_is_technical() -> None:
    a, b = Source(PAGE), Source(f"{PAGE}/eu")
    selected = Source(PAGE, ("main",))
    before, after = body(*TEXT), body(*TEXT, "We also sell it.")
    assert "other pages" in revise(seen(before, a), seen(after, b), ()).reason
    assert "another way" in revise(seen(before, a), seen(after, selected), ()).reason
    assert revise(seen(before, a), seen(after, a, b), ()).significance is TECHNICAL
    assert revise(seen(before, a), seen(after, a), ()).significance is SUBSTANTIVE


def test_known_addresses_say_that_it_is_the_same_page_whatever_it_says() -> None:
    a = Source(PAGE)
    revision = revise(seen(body(*TEXT), a), seen(body(*OTHER, title="Sales"), a), ())
    assert revision.significance is SUBSTANTIVE


def test_an_import_that_knows_no_address_is_compared_by_text() -> None:
    known = seen(body(*TEXT, "We also sell it."), Source(PAGE))
    assert revise(version(body(*TEXT)), known, ()).significance is SUBSTANTIVE


def test_every_significance_has_its_reason_in_words() -> None:
    same = version(body(*TEXT))
    assert revise(same, same, ()).reason == "no clause changed"
    revisions = [
        between(body(*TEXT), body(TEXT[0].upper(), *TEXT[1:])),
        between(body(*TEXT), body(*TEXT[:-1])),
        between(body(*TEXT), body(SOON, *TEXT)),
    ]
    assert len({r.reason for r in revisions}) == 3


# ── rewrites ──────────────────────────────────────────────────────────────────────


def test_a_text_rewritten_under_another_name_is_news() -> None:
    old = [f"The keeper writes rule {n} of the harbour down for each guest." for n in range(20)]
    new = [f"For guests of the harbour the keeper has rule {n} down: of each." for n in range(20)]
    before, after = version(body(*old, title="Quay Terms")), version(body(*new, title="Dock Terms"))
    other = [f"Music number {n} was played loudly by seven drummers." for n in range(20)]
    assert significance_of(before, after, 2) == (SUBSTANTIVE, "the whole text was replaced")
    played = version(body(*other, title="A Concert"))
    assert significance_of(before, played, 2)[0] is TECHNICAL


def significance_of(before: Version, after: Version, paired: int) -> tuple[Significance, str]:
    return significance.of_revision(before, after, revise(before, after, ()).changes, paired)


def test_a_stub_that_grew_under_its_own_title_is_news() -> None:
    stub, whole = body(TEXT[0]), body(*TEXT, *(f"Rule {n} is new here." for n in range(30)))
    assert between(stub, whole).significance is SUBSTANTIVE
    joined = whole.replace("<p>Rule 0", "<h1>Another page</h1><p>Rule 0")
    assert between(stub, joined).reason == "other pages were added to the text"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Effective as of May 3, 2023 | Posted: May 1, 2023", "Effective date: June 1, 2022"),
        ("**6.2 Your choice -** We ask you first", "Your choice - We ask you first"),
        ("See [here](javascript:;) how we keep it", "See here how we keep it"),
    ],
)
def test_date_lines_and_markup_are_editorial_there_and_back(before: str, after: str) -> None:
    assert worth(before, after) is worth(after, before) is EDITORIAL


@pytest.mark.parametrize(
    ("notice", "expected"),
    [
        ("Nous mettons à jour nos conditions d'utilisation.", True),
        ("Wir aktualisieren unsere Nutzungsbedingungen.", True),
        ("Actualizamos nuestra política de privacidad.", True),
        ("Aggiorniamo la nostra informativa.", True),
        ("Atualizámos os nossos termos.", True),
        ("We wijzigen onze voorwaarden.", True),
        ("Nous pouvons modifier nos conditions.", False),
        ("Wir können unsere Bedingungen ändern.", False),
        ("Podemos alterar os nossos termos.", False),
    ],
)
def test_a_notice_is_known_in_other_languages(notice: str, expected: bool) -> None:
    text = "<h1>Terms</h1>{}<h2>Rules</h2><p>We keep the letters that you write for a year.</p>"
    revision = revise(version(text.format("")), version(text.format(f"<p>{notice}</p>"), 1), ())
    assert (revision.significance is Significance.ANNOUNCEMENT) is expected


def test_a_revision_of_days_alone_says_so() -> None:
    text = "<h1>Terms</h1><p>Last updated: {} 2025</p><p>We keep the letters that you write.</p>"
    revision = revise(version(text.format("1 May")), version(text.format("2 June"), 1), ())
    assert revision.reason == "only its date changed"
