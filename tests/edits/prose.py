"""Terms of an invented service, in our own words: as many clauses as asked for, none of them real.

Sentences are put together from parts, so that neighbours resemble each other as clauses of real
terms do ("Members in the EU may …", "Members in the UK may …"): that is what makes pairing hard.
"""

# ruff: noqa: E501
from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.edits.blocks import Block, block
from tracker.model import Unit

_WHO = (
    "we|our affiliates|the companies that work for us|partners who buy space in our feed|"
    "recruiters with a paid seat|other members of your group|the owner of a page|visitors without "
    "an account|researchers under contract|the payment provider|people who sent you an invitation|"
    "moderators of a forum|the school that you named|an employer who pays for your seat"
).split("|")
_WHAT = (
    "the photo on your profile|your list of contacts|messages that you send|posts and replies|the "
    "device identifiers of your phone|your approximate location|search terms typed into the site|"
    "the dates of your visits|answers given in a survey|invoices and tax numbers|a copy of your "
    "passport|recordings of support calls|the skills that you listed|salary figures you entered|"
    "pages that you follow|the text of a draft|voice notes|clicks on sponsored posts|an address "
    "book uploaded from a phone|the languages you speak"
).split("|")
_DO = (
    "collect|store|read|combine|publish|pass on|delete|compare|translate|summarise|count|inspect|"
    "analyse|show|hide|archive|encrypt|review|export|measure"
).split("|")
_WHY = (
    "to keep the service safe from abuse|so that a search returns people you may know|in order to "
    "answer a request for help|to suggest jobs near your home|to train the models behind our "
    "writing assistant|to choose which sponsored posts you see|to meet a duty under tax law|for "
    "statistics that name nobody|to find out why a page loads slowly|when a court orders it|to "
    "settle a dispute over a payment|to tell two people of the same name apart|to bill the right "
    "company|as long as your account is open|to show advertisers how a campaign did"
).split("|")
_WHEN = (
    "When you register,|If you leave a group,|Once a subscription ends,|During a free trial,|Before "
    "an event begins,|After thirty days,|Where local law allows it,|Unless you have objected,|With "
    "your consent,|From time to time,|On shared computers,|If you are younger than eighteen,|In "
    "the month after a purchase,|As far as the setting is on,|Whenever a report is filed,"
).split("|")
_PLACE = (
    "Brazil|Canada|California|Switzerland|Japan|India|Kenya|Norway|Mexico|Singapore|the United "
    "Kingdom|the European Union|South Africa|New Zealand|Quebec|Texas"
).split("|")
_TAIL = (
    "You can change this in your settings at any time.|A record of it is kept for {n} months.|This "
    "does not apply to accounts of companies.|No fee is charged for it.|We answer within {n} days "
    "of your letter.|See Section {s} for the details.|The exceptions of Section {s} remain in "
    "force.|Nothing in this paragraph limits your rights as a consumer.|It is described in our "
    "“Guide to Choices” and in the help pages.|We don’t sell it and we don’t rent it out.|Where "
    "both apply, Section {s} goes first.|The invoice names the amount of ${n}00."
).split("|")
_FRAME = (
    "{When} {who} may {do} {what} {why}.|{Who} {do} {what} {why}.|{When} {who} will not {do} {what} "
    "or {what2}, {why}.|Members in {place} may ask that {who} no longer {do} {what}.|{Who} must "
    "{do} {what} within {n} days, {why}.|We ask {who} to {do} {what} and {what2} {why}.|You agree "
    "that {who} can {do} {what}, {why}, and that {who2} can {do2} {what2}.|It is up to you whether "
    "{who} {do} {what}.|{When} we let {who} {do} {what}; the same holds for {what2}.|For members "
    "in {place}, {what} and {what2} are kept apart {why}."
).split("|")
_TITLE = (
    "What {who} may {do}|Your choices about {what}|How long we keep {what}|Rules for {who}|{Do} and "
    "{do2}|Members in {place}|When {who} {do} {what}|Liability towards {who}|Changes to {what}"
).split("|")


def sentence(random: Random, sections: int = 9) -> str:
    """One sentence."""
    return _fill(random, random.choice(_FRAME), sections)


def paragraph(random: Random, sections: int = 9) -> str:
    """One to five sentences."""
    found = [sentence(random, sections) for _ in range(random.choice((1, 1, 2, 2, 3, 4)))]
    if random.random() < 0.6:
        found.append(_fill(random, random.choice(_TAIL), sections))
    return " ".join(found)


def _fill(random: Random, frame: str, sections: int) -> str:
    who, do, what = random.choice(_WHO), random.choice(_DO), random.choice(_WHAT)
    return frame.format(
        who=who,
        Who=who[0].upper() + who[1:],
        who2=random.choice(_WHO),
        do=do,
        Do=do.capitalize(),
        do2=random.choice(_DO),
        what=what,
        what2=random.choice(_WHAT),
        why=random.choice(_WHY),
        When=random.choice(_WHEN),
        place=random.choice(_PLACE),
        n=random.randint(2, 90),
        s=f"{random.randint(1, sections)}.{random.randint(1, 3)}",
    )


def terms(seed: int, sections: int = 9) -> list[Block]:
    """A whole text: numbered sections of paragraphs, lists and tables, some with a link."""
    random = Random(seed)
    found = [block(Unit.HEADING, "Terms of the Harbour Network", level=1)]
    found.append(block(Unit.PARAGRAPH, "Effective 3 March 2025"))
    for n in range(1, sections + 1):
        title = _fill(random, random.choice(_TITLE), sections)
        found.append(block(Unit.HEADING, title, f"{n}.", 2))
        for m in range(1, 4):
            title = _fill(random, random.choice(_TITLE), sections)
            found.append(block(Unit.HEADING, title, f"{n}.{m}", 3))
            found += _body(random, sections, len(found))
    return [linked(random, b) for b in found]


def linked(random: Random, b: Block) -> Block:
    """Every tenth block with a link on its last word."""
    if random.random() > 0.1:
        return b
    return replace(b, link=f"https://harbour.example/help/{random.randint(1, 99)}")


def _body(random: Random, sections: int, row: int) -> list[Block]:
    found = [
        block(Unit.PARAGRAPH, paragraph(random, sections)) for _ in range(random.randint(1, 3))
    ]
    shape = random.random()
    if shape < 0.35:
        found += [block(Unit.ITEM, _item(random)) for _ in range(random.randint(3, 6))]
    elif shape < 0.5:
        found += _table(random, row)
    return found


def _item(random: Random) -> str:
    if random.random() < 0.3:
        return f"{random.choice(_WHAT)};"
    return f"{random.choice(_DO)} {random.choice(_WHAT)} {random.choice(_WHY)};"


def _table(random: Random, row: int) -> list[Block]:
    found = []
    for n in range(random.randint(3, 5)):
        what = random.choice(_WHAT)
        cells = (what[0].upper() + what[1:], sentence(random), random.choice(("Yes", "No", "No")))
        found += [block(Unit.CELL, text, row=row + n) for text in cells]
    return found
