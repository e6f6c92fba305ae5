import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.model import Severity
from bot.parser import ALONE, REPORTING, Kind, Line, parse
from bot.typed import scrub

WORDS_AS_TYPED = [
    "4 West scanner down",
    "status epilepticus set wrong",
    "win 10 cart won't boot",
    "known allergy not showing",
    "help pt got double dose",
    "help!",
    "Help me please",
    "reports are empty",
    "reporting is broken",
    "asking for a friend",
    "problem with the cart",
    "issue with the cart",
    "bug in the tube system",
    "question about the label",
    "status board is dark",
    "142",
    "0800 dose missing",
    "MAR-142 is back",
    "it is #142 again",
    "M-142",
    "MAR-",
    "#",
    "mine: the cart",
    "mine is broken",
    "yes it works",
    "yes but only on 4 West",
    "still broken on 4 West",
    "pilot light is off",
    "queue is long",
    "scanner: won't read",
    "Room 12: the pump beeps",
    "take a look at bed 4",
    "take",
    "fixed",
    "fixed: new battery",
    "anonymously speaking it is fine",
    "the anon account is locked",
    "we have no name bands left",
    ": the cart",
    "<!channel> *bold* https://example.org",
    "el carro no enciende, ¿ayuda?",
    "1-2 scanners are down",
    "patient in 7 was given the wrong drug",
]


@pytest.mark.parametrize("line", WORDS_AS_TYPED)
def test_what_is_not_plainly_a_command_is_somebodys_words(line: str) -> None:
    assert parse(line) == Line(Kind.WORDS, words=line)


@pytest.mark.parametrize(
    ("line", "words", "severity"),
    [
        ("report scanner won't read", "scanner won't read", Severity.SLOWS_WORK),
        ("Report Scanner Won't Read", "Scanner Won't Read", Severity.SLOWS_WORK),
        ("REPORT: x", "x", Severity.SLOWS_WORK),
        ("report: x", "x", Severity.SLOWS_WORK),
        ("report:x", "x", Severity.SLOWS_WORK),
        ("report : x", "x", Severity.SLOWS_WORK),
        ("report   two  spaces stay", "two  spaces stay", Severity.SLOWS_WORK),
        ("report\nthe cart\nis dark", "the cart\nis dark", Severity.SLOWS_WORK),
        ("report\tthe cart", "the cart", Severity.SLOWS_WORK),
        ("report: Room 12: it beeps", "Room 12: it beeps", Severity.SLOWS_WORK),
        ("Bug: x", "x", Severity.SLOWS_WORK),
        ("issue: the cart", "the cart", Severity.SLOWS_WORK),
        ("problem: the cart", "the cart", Severity.SLOWS_WORK),
        ("rèport the cart", "the cart", Severity.SLOWS_WORK),
        ("ask when is the training?", "when is the training?", Severity.QUESTION),
        ("question: when?", "when?", Severity.QUESTION),
        ("ask: when?", "when?", Severity.QUESTION),
        ("!! pump ran dry", "!! pump ran dry", Severity.PATIENT_AT_RISK),
        ("!!pump ran dry", "!!pump ran dry", Severity.PATIENT_AT_RISK),
        ("!!!! pump ran dry", "!!!! pump ran dry", Severity.PATIENT_AT_RISK),
        ("! cannot log in", "! cannot log in", Severity.BLOCKS_WORK),
        ("report !! pump ran dry", "!! pump ran dry", Severity.PATIENT_AT_RISK),
        ("report: ! cannot log in", "! cannot log in", Severity.BLOCKS_WORK),
        ("ask !! which dose", "!! which dose", Severity.PATIENT_AT_RISK),
        ("report the pump ran dry !!", "the pump ran dry !!", Severity.SLOWS_WORK),
        ("report 142", "142", Severity.SLOWS_WORK),
    ],
)
def test_a_report_is_its_words_as_typed_and_how_bad_it_is(line: str, words: str, severity: Severity) -> None:
    found = parse(line)
    assert (found.kind, found.words, found.severity) == (Kind.REPORT, words, severity)


@pytest.mark.parametrize("line", ["report", "Report", "report:", " report ", "issue", "Issue", "bug", "problem", "!!"])
def test_a_report_without_words_asks_for_them(line: str) -> None:
    found = parse(line)
    assert (found.kind, found.words, found.severity is None) == (Kind.REPORT, "", False)


@pytest.mark.parametrize("line", ["ask", "question", "Question"])
def test_a_question_without_words_asks_for_them(line: str) -> None:
    assert parse(line) == Line(Kind.REPORT, "ask", "", Severity.QUESTION)


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("mine", "mine"),
        ("MINE", "mine"),
        ("  mine ", "mine"),
        ("míne", "mine"),
        ("status", "mine"),
        ("Status", "mine"),
        ("queue", "queue"),
        ("pilot", "pilot"),
        ("help", "help"),
        ("yes", "yes"),
        ("Yes", "yes"),
        ("broken", "broken"),
        ("still broken", "still broken"),
        ("Still Broken", "still broken"),
    ],
)
def test_a_verb_alone_on_its_line_is_a_command(line: str, verb: str) -> None:
    assert parse(line) == Line(Kind.COMMAND, verb)


@pytest.mark.parametrize(
    ("line", "key", "number"),
    [
        ("MAR-142", "MAR", 142),
        ("mar-142", "MAR", 142),
        ("Mär-142", "MAR", 142),
        ("MAR - 142", "MAR", 142),
        (" MAR-142 ", "MAR", 142),
        ("#142", "", 142),
        ("#7", "", 7),
        ("PHARMA-1", "PHARMA", 1),
    ],
)
def test_a_reference_alone_shows_that_issue(line: str, key: str, number: int) -> None:
    assert parse(line) == Line(Kind.REFERENCE, key=key, number=number)


@pytest.mark.parametrize(
    "line",
    [
        "anon the charge nurse skips scans",
        "Anon: the charge nurse skips scans",
        "anonymous the charge nurse skips scans",
        "No Name: the charge nurse skips scans",
        "anónimo la jefa no escanea",
        "without my name: she skips scans",
        "report anon she skips scans",
        "report: no name, she skips scans",
        "!! anon she skips scans",
        "ask anon may she?",
        "anon",
    ],
)
def test_without_my_name_is_understood_before_anything_is_kept(line: str) -> None:
    assert parse(line).kind is Kind.NAMELESS


@pytest.mark.parametrize(
    ("line", "verb", "words"),
    [
        ("take", "take", ""),
        ("Take", "take", ""),
        ("take:", "take", ""),
        ("fixed", "fixed", ""),
        ("fixed: new battery", "fixed", "new battery"),
        ("Fixed: New Battery", "fixed", "New Battery"),
    ],
)
def test_in_an_issues_thread_a_word_alone_or_with_a_colon_acts(line: str, verb: str, words: str) -> None:
    assert parse(line, thread=True) == Line(Kind.THREAD, verb, words)


@pytest.mark.parametrize(
    "line",
    [
        "take a look at the cart",
        "fixed it with tape, but it will not hold",
        "fixed? I doubt it",
        "I'll take it",
        "!! hurry",
        "anon said so",
        "142",
        "release the cart",
        "yes it is",
    ],
)
def test_in_a_thread_everything_else_is_team_talk(line: str) -> None:
    assert parse(line, thread=True) == Line(Kind.WORDS, words=line)


ANY_WORDS = st.text(min_size=1, max_size=200).map(scrub).filter(bool)


@given(ANY_WORDS)
def test_no_line_loses_a_word_unless_it_is_a_command(line: str) -> None:
    found = parse(line)
    if found.kind in {Kind.WORDS, Kind.NAMELESS} and not found.verb:
        assert found.words == line
    elif found.kind is Kind.REPORT and found.words:
        assert line.endswith(found.words)


@given(st.sampled_from(sorted(REPORTING)), ANY_WORDS.filter(lambda words: words.strip("! ") and words[0] != ":"))
def test_what_follows_report_is_kept_exactly_as_typed(verb: str, words: str) -> None:
    assert parse(f"{verb} {words}").words == words
    assert parse(f"{verb}: {words}").words == words


@given(st.text(alphabet=string.ascii_letters + " 0123456789!#:-", max_size=40), st.booleans())
def test_whatever_is_typed_is_understood_as_something(line: str, thread: bool) -> None:  # noqa: FBT001
    assert parse(line, thread=thread).kind in Kind


@given(st.sampled_from(sorted(ALONE)), ANY_WORDS.filter(lambda words: words[0].isalnum()))
def test_a_command_with_anything_after_it_is_no_command(verb: str, words: str) -> None:
    assert parse(f"{verb} {words}").kind is not Kind.COMMAND


@pytest.mark.parametrize("line", ["no name the charge nurse skips scans", "report no name prints on the wristband"])
def test_what_may_be_a_wish_for_no_name_or_part_of_the_report_is_asked_about(line: str) -> None:
    assert parse(line).kind is Kind.WORDS


def test_marked_as_a_danger_it_is_filed_all_the_same() -> None:
    assert parse("!! no name on the wristband").kind is Kind.REPORT
