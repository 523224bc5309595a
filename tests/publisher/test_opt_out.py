"""The ways out that terms name: found where a choice is made, and nowhere else."""

from __future__ import annotations

import pytest

from tests.factories import SITE, TOPICS, history, moved, publish
from tracker.differ.topic_matching import tags_of_text
from tracker.model import History
from tracker.publisher import Lent
from tracker.publisher.site.clause_history import clause_histories
from tracker.publisher.site.opt_out import OptOut, directory, opt_outs

HERON = "https://heron.example"


def found(*texts: str) -> list[OptOut]:
    given = history(*texts)
    return list(opt_outs(given, clause_histories(given)))


def one(text: str) -> OptOut | None:
    names = found(f"# Terms\n{text}")
    assert len(names) <= 1
    return names[0] if names else None


@pytest.mark.parametrize(
    "text",
    [
        f"You may [opt out]({HERON}/help/77) of letters at any time.",
        f"To refuse, [object to this use]({HERON}/help/8).",
        f"You have the right to object to our training by using [this form]({HERON}/ask/9).",
        f"You can withdraw your consent [here]({HERON}/ask/10).",
        f"Use this [switch]({HERON}/my/settings/data-for-ai-improvement).",
        f"Visitors choose [here]({HERON}/guest/retargeting-opt-out).",
        f"In California: [Do Not Sell My Data]({HERON}/ca).",
        f"You may turn off pictures in your [settings]({HERON}/answer/5).",
    ],
)
def test_a_link_by_which_one_says_no(text: str) -> None:
    way = one(text)
    assert way
    assert way.says_no


@pytest.mark.parametrize(
    "text",
    [
        f"Choose who sees your walks in your [settings]({HERON}/answer/12).",
        f"You control advertising [here]({HERON}/psettings/advertising-data).",
        f"Change it under [walks]({HERON}/mypreferences/d/categories/ads).",
        f"See your [cookie preferences]({HERON}/cookies).",
        f"See [what we keep]({HERON}/Privacy-Choices/).",
    ],
)
def test_a_link_to_a_setting(text: str) -> None:
    way = one(text)
    assert way
    assert not way.says_no


@pytest.mark.parametrize(
    "text",
    [
        f"Read the [privacy policy]({HERON}/privacy).",
        "Read about [your choices](#choices).",
        f"Write to us [here]({HERON}/contact).",
        f"You may [close your account]({HERON}/mypreferences/close-account).",
        f"Keep your [address]({HERON}/mypreferences/sign-in-and-security) current.",
        f"Found an [object]({HERON}/lost-property)? Tell the keeper.",
        f"Objects left in boats are listed [here]({HERON}/lost).",
        f"We like the [settingsun]({HERON}/settingsun).",
        "Choose in your [settings](javascript:settings()).",
        "Choose in your [settings](https://[broken/settings).",
        f"You may object. Read about herons [here]({HERON}/birds).",
        f"We [revoked]({HERON}/news) nothing.",
    ],
)
def test_what_is_no_way_out(text: str) -> None:
    assert one(text) is None


def test_the_sentence_is_the_one_in_which_the_link_stands() -> None:
    text = (
        f"Look [here]({HERON}/walks) for walks. If you object to maps, look [here]({HERON}/maps). "
        "Thank you."
    )
    way = one(text)
    assert way
    assert way.target == f"{HERON}/maps"
    assert way.sentence == "If you object to maps, look here."


NAMED = f"# Terms\nYou may [opt out]({HERON}/out) of it."
UNNAMED = "# Terms\nYou may stay with it."


def test_since_when_it_is_named_and_when_it_went() -> None:
    given = history(UNNAMED, NAMED, f"{NAMED}\nWe run.", UNNAMED)
    (way,) = opt_outs(given, clause_histories(given))
    assert way.since == given.versions[1]
    assert way.last == given.versions[2]
    assert way.gone == given.versions[3]
    assert not way.is_original


def test_what_came_back_is_named_since_it_came_back() -> None:
    given = history(NAMED, UNNAMED, NAMED)
    (way,) = opt_outs(given, clause_histories(given))
    assert way.since == given.versions[2]
    assert way.gone is None


def test_what_the_oldest_text_names_was_in_it_when_it_was_first_read() -> None:
    (way,) = found(NAMED)
    assert way.is_original
    assert "in this text when it was first read" in page(history(NAMED))


def test_a_link_of_a_text_that_is_not_read_any_more_is_not_gone() -> None:
    given = moved(history(UNNAMED, NAMED, "# Other\nThe weir is shut."), [2])
    (way,) = opt_outs(given, clause_histories(given))
    assert (way.is_left, way.is_original) == (True, False)
    (service,) = directory(opt_outs(given, clause_histories(given)))
    assert (service.today, service.gone, service.left) == ((), (), (way,))
    shown = page(given)
    assert "1 link in a text that is no longer read" in shown
    assert "not followed after" in shown
    assert "<del>" not in shown
    assert f'href="{HERON}/out"' not in shown


def test_what_another_page_names_was_in_it_when_it_was_first_read() -> None:
    given = moved(
        history(NAMED, f"# Other\nThe weir is shut.\nYou may [opt out]({HERON}/out)."), [1]
    )
    (way,) = opt_outs(given, clause_histories(given))
    assert (way.since, way.is_original, way.gone) == (given.versions[1], True, None)


ADVERTISED = f"""# Terms
## 1. Walks
You may [opt out]({HERON}/out) of it.
You may [opt out]({HERON}/out) of advertising and of our advertisers.
## 2. Advertising
Choose in your [settings]({HERON}/choose).
## 3. Maps
Choose maps in your [settings]({HERON}/maps)."""


def test_ways_out_stand_under_their_topics_with_the_clearest_sentence() -> None:
    given = history(ADVERTISED)
    (service,) = directory(opt_outs(given, clause_histories(given), TOPICS, tags_of_text), TOPICS)
    (ads, about_ads), (other, rest) = service.today
    assert (ads, other) == ("Targeted advertising", "Other")
    assert [w.target for w in about_ads] == [f"{HERON}/out", f"{HERON}/choose"]
    assert about_ads[0].sentence == "You may opt out of advertising and of our advertisers."
    assert about_ads[0].path == ("1. Walks",)
    assert [w.target for w in rest] == [f"{HERON}/maps"]
    shown = publish([given], TOPICS, SITE, (), Lent(tagger=tags_of_text))[
        "opt-out/index.html"
    ].decode()
    assert f'href="{HERON}/out" rel="external noopener">opt out</a>' in shown
    assert shown.index("<h4>Targeted advertising</h4>") < shown.index("<h4>Other</h4>")


def test_one_address_in_two_shapes_is_one_way() -> None:
    both = f"{NAMED}\nYou may also [opt out]({HERON}/OUT/) of that."
    assert len(found(both)) == 1


def test_a_directory_has_services_with_what_stands_and_what_went() -> None:
    given = [history(NAMED), history(NAMED, UNNAMED, name="heron/terms@eu")]
    (service,) = directory(way for h in given for way in opt_outs(h, clause_histories(h)))
    assert service.name == "Heron"
    ((_, today),) = service.today
    assert [w.history.document.id for w in today] == ["heron/privacy-policy@global"]
    assert [w.history.document.id for w in service.gone] == ["heron/terms@eu"]
    assert directory([]) == []


def page(*given: History) -> str:
    return publish(given, TOPICS, SITE)["opt-out/index.html"].decode()


def test_the_page_leads_to_the_service_only_while_its_terms_name_the_link() -> None:
    assert f'href="{HERON}/out"' in page(history(NAMED))
    gone = page(history(NAMED, UNNAMED))
    assert f'href="{HERON}/out"' not in gone
    assert "opt out</del>" in gone
    assert "1 link the terms named once" in gone
    assert "No text names one so far." in page(history(UNNAMED))
