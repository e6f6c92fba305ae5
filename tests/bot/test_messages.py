import gettext
import inspect
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from string import Formatter, ascii_letters

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo

from bot import messages
from bot.actions import Do
from bot.cards import CARD, Buttons, Card, ChoiceField, Form, ManyField, length, size, strings
from bot.language import DOMAIN
from bot.model import Event, IssueId, Reader, Role, Status
from bot.parser import THREAD_WORDS
from tests.examples import EXAMPLES, ROOMS
from tests.examples.scene import NOW, START, Scene
from tests.examples.screens import happenings

SOURCE = Path(messages.__file__).parent
ENGLISH_ONLY = {"unknown_person", "not_saved", "went_wrong"}  # nothing is known of whoever reads these
ACCENTED = str.maketrans(ascii_letters, "áƀćďéƒǧĥíĵķĺɱńóƥɋŕśťúṽŵẋýźÁƁĆĎÉƑǦĤÍĴĶĹṀŃÓƤɊŔŚŤÚṼŴẊÝŹ")
NAMES = sorted(EXAMPLES)
LONG_NAME = "Maximiliane-Aurelia von und zu Beispielhausen-Musterstadt, Dr. med. " * 3


def writers() -> list[str]:
    """The functions of `bot.messages` that write a card or a form."""
    found = inspect.getmembers(messages, inspect.isfunction)
    return [
        name
        for name, function in found
        if function.__module__.startswith(messages.__name__)
        and not name.startswith("_")
        and inspect.signature(function).return_annotation in {Card, Form}
    ]


def shown(message: Card | Form) -> Iterable[str]:
    """Every string that a person reads."""
    yield message.title
    if isinstance(message, Card):
        for part in message.parts:
            yield from strings(part)
        return
    yield from (message.submit, *message.errors.values(), *filter(None, [message.intro]))
    for each in message.fields:
        yield each.label
        if isinstance(each, ChoiceField | ManyField):
            yield from (option.label for option in each.options)
        elif each.hint:
            yield each.hint


@pytest.fixture(scope="session")
def accented(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Somebody who reads a language in which every letter of every sentence has an accent."""
    catalogue = Catalog(locale="en", domain=DOMAIN)
    for _file, _line, msgid, _comments, _context in extract_from_dir(SOURCE):
        plural = isinstance(msgid, tuple)
        catalogue.add(msgid, tuple(map(_accent, msgid)) if plural else _accent(str(msgid)))
    written = BytesIO()
    write_mo(written, catalogue)
    folder = tmp_path_factory.mktemp("locale") / "xx"
    (folder / "LC_MESSAGES").mkdir(parents=True)
    (folder / "LC_MESSAGES" / f"{DOMAIN}.mo").write_bytes(written.getvalue())
    # gettext joins folder and language as paths, so that an absolute one leads to ours.
    assert gettext.find(DOMAIN, "anywhere", [str(folder)])
    return Reader("America/New_York", str(folder))


def _accent(msgid: str) -> str:
    parts = Formatter().parse(msgid)
    return "".join(text.translate(ACCENTED) + (f"{{{name}}}" if name else "") for text, name, _, _ in parts)


def test_every_message_has_an_example() -> None:
    assert {name.partition(":")[0] for name in EXAMPLES} == set(writers())
    assert len(EXAMPLES) == sum(len(room.EXAMPLES) for room in ROOMS)  # no name stands in two rooms


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ENGLISH_ONLY])
def test_no_sentence_is_hard_coded(name: str, accented: Reader) -> None:
    scene = Scene(accented)
    verbs = [*(f"{verb}: " for verb in messages.commands(accented)), *sorted(THREAD_WORDS, key=len, reverse=True)]
    for words in shown(EXAMPLES[name](scene)):
        for own in (*scene.own, *verbs):
            words = words.replace(own, "")  # noqa: PLW2901
        assert not re.search(r"[A-Za-z]", words), words


def test_no_line_of_the_log_is_hard_coded(accented: Reader) -> None:
    for happening in happenings():
        for who in (None, Scene().person()):
            assert not re.search(
                r"[A-Za-z]", messages.happening(happening, Scene().issue(), who, Scene(name="7").pilot, accented)
            )


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "words",
    ["x" * 12_000, "\U0001f637" * 6_000, "\u200d" * 12_000, "word \n" * 2_000, "e\u0301" * 6_000],
    ids=["letters", "pairs", "joiners", "lines", "accents"],
)
def test_every_message_fits_every_platform_whatever_people_wrote(name: str, words: str) -> None:
    drawn = EXAMPLES[name](Scene(words=words, name=LONG_NAME))
    assert not isinstance(drawn, Card) or size(drawn) <= CARD
    assert all(length(each) <= 3_000 for each in shown(drawn))


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("help_card")])  # it explains !
def test_no_message_shouts_or_carries_markup(name: str) -> None:
    for words in shown(EXAMPLES[name](Scene())):
        assert not re.search(r"!|\*|<|>|`|_", words), words


@pytest.mark.parametrize("name", NAMES)
def test_every_message_has_at_most_five_buttons_in_all(name: str) -> None:
    drawn = EXAMPLES[name](Scene())
    parts = drawn.parts if isinstance(drawn, Card) else ()
    assert all(len(part.buttons) <= 5 for part in parts if part.part == "buttons")


@pytest.mark.parametrize("name", ["receipt", "issue_card", "mine", "queue", "still_broken_for_team"])
@pytest.mark.parametrize(
    ("zone", "clock"), [("America/New_York", "14:00"), ("Europe/Paris", "20:00"), ("Asia/Kathmandu", "23:45")]
)
def test_times_are_on_the_readers_clock(name: str, zone: str, clock: str) -> None:
    said = "\n".join(shown(EXAMPLES[name](Scene(Reader(zone)))))
    assert clock in said


@pytest.mark.parametrize(
    ("hours", "zone", "said"),
    [
        (0, "America/New_York", "today, Fri 14:00"),
        (24, "America/New_York", "tomorrow, Sat 14:00"),
        (-24, "America/New_York", "Thu 30 April, 14:00"),
        (48, "America/New_York", "Sun 3 May, 14:00"),
        (6, "Europe/Paris", "tomorrow, Sat 02:00"),
        (0, "Pacific/Auckland", "today, Sat 06:00"),
    ],
)
def test_a_day_is_named_as_the_reader_sees_it(hours: int, zone: str, said: str) -> None:
    assert messages.when(START + timedelta(hours=hours), START, Reader(zone)) == said


def test_across_the_end_of_the_year_tomorrow_is_tomorrow() -> None:
    eve = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert messages.when(eve + timedelta(hours=24), eve, Reader("UTC")) == "tomorrow, Fri 12:00"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "0 min"), (40, "40 min"), (60, "1 h"), (250, "4 h 10 min"), (1_440, "24 h"), (0.6, "1 min")],
)
def test_a_span_in_hours_and_minutes(minutes: float, said: str) -> None:
    assert messages.span(timedelta(minutes=minutes), Reader("UTC")) == said


def test_names_as_one_says_them() -> None:
    people = [replace(Scene().person(n), name=name) for n, name in enumerate(["Ana", "Ben", "Cleo"])]
    said = [messages.names(people[:n], Reader("UTC")) for n in range(4)]
    assert said == ["", "Ana", "Ana and Ben", "Ana, Ben and Cleo"]


def test_a_crowd_is_named_in_part() -> None:
    crowd = [replace(Scene().person(n), name=f"N{n}") for n in range(40)]
    assert messages.names(crowd, Reader("UTC")) == "N0, N1, N2, N3, N4, N5, N6 and 33 others"


def test_the_team_is_called_what_the_pilot_calls_it() -> None:
    scene = Scene(name="help desk")
    assert "help desk told" in "\n".join(shown(EXAMPLES["issue_card"](scene)))
    assert messages.role(scene.person(2, Role.RESPONDER), scene.pilot, scene.reader) == "help desk"


def test_a_language_without_a_catalogue_is_answered_in_english() -> None:
    assert messages.confirmed_in_thread(Reader("UTC", "tlh")).title == "The reporter confirms that it is fixed."


_SAY = {Event.CONFIRM, Event.STILL_BROKEN}


@pytest.mark.parametrize("status", Status)
def test_whoever_said_me_too_is_asked_just_while_their_word_on_the_fix_is_taken(status: Status) -> None:
    scene = Scene()
    asked = {Status.FIXED, Status.VERIFIED, Status.UNVERIFIED}
    about = replace(scene.about(status), judged=scene.fix)  # one there was, whatever has come of it since
    card = messages.for_follower(about, scene.reader, NOW)
    assert _pressable(card) == (_SAY if status in asked else set())
    assert ("What was done" in "\n".join(shown(card))) is (status in asked)


@pytest.mark.parametrize("survivor", [Status.TAKEN, Status.FIXED, Status.VERIFIED, Status.UNVERIFIED])
def test_of_what_was_merged_it_is_the_other_ones_fix(survivor: Status) -> None:
    scene = Scene()
    other = replace(scene.issue(survivor), id=IssueId(9))
    about = replace(scene.about(Status.MERGED), survivor=other, judged=scene.fix)
    assert _pressable(messages.for_follower(about, scene.reader, NOW)) == (set() if survivor is Status.TAKEN else _SAY)


def _pressable(card: Card) -> set[Event]:
    actions = [each.action for part in card.parts if isinstance(part, Buttons) for each in part.buttons]
    return {each.event for each in actions if isinstance(each, Do)}


def test_the_bedside_stands_above_everything_about_a_patient_at_risk() -> None:
    for name in ("receipt: taken1", "issue_card: taken", "fixed_for_you", "missed_for_reporter"):
        first = list(shown(EXAMPLES[name](Scene())))[1]
        assert first.startswith("Nobody has been sent to the bedside. In an emergency call 5555.")
    assert NOW > START
