import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.model import Severity
from bot.parser import (
    ANSWERS,
    COMMANDS,
    NAMELESS,
    NAMELESS_IF_PARTED,
    REPORTING,
    SYNONYMS,
    TAKING_ANSWERS,
    TAKING_WORDS,
    THREAD_SYNONYMS,
    THREAD_WORDS,
    Kind,
    Line,
    is_nameless,
    may_be_nameless,
    parse,
)
from bot.typed import fold

HARM, BLOCKED, SLOW, QUESTION = Severity
FAMILY = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}"
HEBREW = "\u05d4\u05e1\u05d5\u05e8\u05e7 \u05dc\u05d0 \u05e2\u05d5\u05d1\u05d3"  # the scanner does not work
ARABIC = "\u0627\u0644\u0645\u0627\u0633\u062d: \u0644\u0627 \u064a\u0639\u0645\u0644"  # the scanner: does not work
LONG = "the pump beeps, " * 750

SOMEBODYS_WORDS = [
    # what the page names
    "4 West scanner down",
    "status epilepticus set wrong",
    "win 10 cart won't boot",
    "known allergy not showing",
    "help pt got double dose",
    "take the old form away",
    # a verb's word at the front of a sentence
    "help!",
    "Help me please",
    "help: pt got double dose",
    "reports vanish",
    "reporting is broken",
    "report-wrong",
    "report, again, from 4 West",
    "Report’s last page is blank",
    "asking for a friend",
    "asks twice for the dose",
    "queue is stuck at triage",
    "Queue: the third one is stuck",
    "mine is broken",
    "mine: the cart",
    "pilot light is off",
    "pilot: the screen is dark",
    "duty roster wrong",
    "Duty: roster shows last week",
    "duty on call list missing",
    "duty until further notice shows an error",
    "duty on off",
    "away team cart",
    "away until",
    "away: team cart has no battery",
    "away until Friday\nthe cart stands in the hall",
    "back pain template",
    "back: pain template gone",
    "here comes another crash",
    "here’s the screen",
    "code blue button dead",
    "code",
    "code: 503 on the screen",
    "code ABCD",
    "code ABCD-EFGH keeps coming back",
    # synonyms count only alone or with a colon
    "problem with the cart",
    "issue with the cart",
    "bug in the tube system",
    "question about the label",
    "status board is dark",
    "status: red light on the cart",
    # what does not exist yet
    "survey preview",
    "bulletin",
    "story of the cart",
    "win",
    # answers only alone
    "yes still broken",
    "yes: it prints now",
    "yes it works",
    "still broken on 4 West",
    "broken again",
    "next shift nurse cannot log in",
    "me too, on 5 West",
    "mine is different from hers",
    "withdraw button missing",
    "workaround fails on nights too?",
    "the workaround fails again",
    "how bad is it for the patient?",
    "object list is empty",
    "objects: all gone",
    "reply button is missing",
    "answer the phone",
    "details are blank",
    "detailed view is blank",
    "appeal form won't open",
    # no reference
    "142",
    "1-2 scanners are down",
    "MAR-142 is back",
    "it is #142 again",
    "M-142",
    "MAR-",
    "#",
    "#0",
    "# 142",
    "MAR 142",
    "#1234567890",
    # marks that do not stand at the front, and words that look like one
    "the pump ran dry !!",
    "the anon account is locked",
    "anon's cart is locked",
    "anon-user cannot log in",
    "anonymized export is empty",
    "no name on the wristband",
    "No names on the labels",
    "no name-band printer on 4 West",
    "without my name tag the door stays shut",
    "“anonymous” shows as the prescriber",
    "we have no name bands left",
    # whatever else comes in
    "Room 12: the pump beeps",
    "scanner: won't read",
    ": the cart",
    ":( it froze",
    "<!channel> *bold* https://example.org",
    "for @ana-fable: scanner down",
    "el carro no enciende, ¿ayuda?",
    "¡¡ no enciende",
    "\N{PILL}",
    FAMILY,
    "\N{POUTING FACE}\N{POUTING FACE}",
    HEBREW,
    ARABIC,
    "4 West\nscanner\n\ndown",
    "4\u00a0West\u00a0scanner",
    "\tscanner down\t",
    "“It won’t scan”",
    "MÉDICATION introuvable",
    LONG,
    "x" * 12_000,
    "…",
    "?",
    # thread words mean nothing outside a thread
    "take",
    "take: mine now",
    "fixed",
    "fixed: new battery",
    "dup #12",
    "sev 2",
    "hand @ana-fable",
    "merge MAR-12",
    "vendor replied",
    "propose decline: it is another contract",
    "declare outage",
]


@pytest.mark.parametrize("command", [False, True])
@pytest.mark.parametrize("line", SOMEBODYS_WORDS)
def test_what_is_not_plainly_a_command_is_somebodys_words(line: str, command: bool) -> None:  # noqa: FBT001
    assert parse(line, command=command) == Line(Kind.WORDS, words=line)


@pytest.mark.parametrize("line", ["", "   ", "\n\t\u00a0 "])
def test_an_empty_line_opens_the_form_only_behind_the_slash_command(line: str) -> None:
    assert parse(line) == Line(Kind.WORDS, words=line)
    assert parse(line, command=True) == Line(Kind.REPORT, "report", severity=SLOW)


# ---------------------------------------------------------------------------------------------------------- reports


@pytest.mark.parametrize(
    ("line", "words", "severity"),
    [
        ("report scanner won't read", "scanner won't read", SLOW),
        ("Report Scanner Won't Read", "Scanner Won't Read", SLOW),
        ("report not printing", "not printing", SLOW),
        ("REPORT: x", "x", SLOW),
        ("report:x", "x", SLOW),
        ("Report : x", "x", SLOW),
        ("report   two  spaces stay", "two  spaces stay", SLOW),
        ("report\nthe cart\nis dark", "the cart\nis dark", SLOW),
        ("report\tthe cart", "the cart", SLOW),
        ("report\u00a0the cart", "the cart", SLOW),
        ("  report the cart  ", "the cart", SLOW),
        ("rèport the cart", "the cart", SLOW),
        ("re\u0301port the cart", "the cart", SLOW),
        ("report: Room 12: it beeps", "Room 12: it beeps", SLOW),
        ("report :( it froze", ":( it froze", SLOW),
        ("report :pill: missing", ":pill: missing", SLOW),
        ("report “won’t scan”", "“won’t scan”", SLOW),
        ("report 142", "142", SLOW),
        ("report MAR-142 is back", "MAR-142 is back", SLOW),
        ("report mine", "mine", SLOW),
        ("report report is blank", "report is blank", SLOW),
        ("report the pump ran dry !!", "the pump ran dry !!", SLOW),
        (f"report {HEBREW}", HEBREW, SLOW),
        (f"report: {ARABIC}", ARABIC, SLOW),
        ("report \N{PILL}", "\N{PILL}", SLOW),
        (f"report {FAMILY}", FAMILY, SLOW),
        (f"report {LONG}", LONG.strip(), SLOW),
        ("Bug: x", "x", SLOW),
        ("bug : x", "x", SLOW),
        ("issue: the cart", "the cart", SLOW),
        ("problem: the cart", "the cart", SLOW),
        ("ask when is the training?", "when is the training?", QUESTION),
        ("ASK: why", "why", QUESTION),
        ("ask:why", "why", QUESTION),
        ("question: when?", "when?", QUESTION),
        ("Question : when?", "when?", QUESTION),
        ("! cannot log in", "cannot log in", BLOCKED),
        ("!cannot log in", "cannot log in", BLOCKED),
        ("report: ! cannot log in", "cannot log in", BLOCKED),
        ("! report: cannot log in", "cannot log in", BLOCKED),
        ("! help", "help", BLOCKED),
        ("!! pump ran dry", "pump ran dry", HARM),
        ("!!pump ran dry", "pump ran dry", HARM),
        ("!!!! pump ran dry", "pump ran dry", HARM),
        ("! ! pump ran dry", "pump ran dry", HARM),
        ("report !! pump ran dry", "pump ran dry", HARM),
        ("report!! pump ran dry", "pump ran dry", HARM),
        ("!! report pump ran dry", "pump ran dry", HARM),
        ("!! bug: pump ran dry", "pump ran dry", HARM),
        ("!! problem", "problem", HARM),
        ("!! MAR-142", "MAR-142", HARM),
        ("!! take\n!! the pump", "take\n!! the pump", HARM),
        ("ask !! which dose", "which dose", HARM),
        (f"!! {HEBREW}", HEBREW, HARM),
        (f"!! {LONG}", LONG.strip(), HARM),
    ],
)
def test_a_report_is_its_words_as_typed_and_how_bad_it_is(line: str, words: str, severity: Severity) -> None:
    found = parse(line)
    assert (found.kind, found.words, found.severity) == (Kind.REPORT, words, severity)
    assert not found.nameless


@pytest.mark.parametrize("line", ["ask why", "ASK: why", "question: why", "! ask: why"])
def test_a_question_remembers_that_it_is_one(line: str) -> None:
    assert parse(line).verb == "ask"


@pytest.mark.parametrize(
    ("line", "verb", "severity"),
    [
        ("report", "report", SLOW),
        (" Report ", "report", SLOW),
        ("report:", "report", SLOW),
        ("report : ", "report", SLOW),
        ("issue", "report", SLOW),
        ("Bug", "report", SLOW),
        ("problem:", "report", SLOW),
        ("ask", "ask", QUESTION),
        ("ask:", "ask", QUESTION),
        ("Question", "ask", QUESTION),
        ("!", "report", BLOCKED),
        ("!!", "report", HARM),
        ("!! ", "report", HARM),
        ("!!!", "report", HARM),
        ("report !!", "report", HARM),
        ("!! report", "report", HARM),
    ],
)
def test_a_report_without_words_asks_for_them(line: str, verb: str, severity: Severity) -> None:
    assert parse(line) == Line(Kind.REPORT, verb, severity=severity)


@pytest.mark.parametrize(
    ("line", "behalf", "words"),
    [
        ("report for @ana-fable: scanner down", "ana-fable", "scanner down"),
        ("report for @ana-fable scanner down", "ana-fable", "scanner down"),
        ("Report For @ana-fable, scanner down", "ana-fable", "scanner down"),
        ("report: for @ana-fable. Scanner down", "ana-fable", "Scanner down"),
        ("report for @ana-fable\nscanner down", "ana-fable", "scanner down"),
        ("report for @ana-fable - scanner down", "ana-fable", "scanner down"),
        ("report for @ana.fable@example.org: scanner down", "ana.fable@example.org", "scanner down"),
        ('report for @"Ana Fable": scanner down', "Ana Fable", "scanner down"),
        ("report for @“Ana Fable” scanner down", "Ana Fable", "scanner down"),
        ("report for @ana-fable: .5 mg is missing", "ana-fable", ".5 mg is missing"),
        ("report for @ana-fable .5 mg is missing", "ana-fable", ".5 mg is missing"),
        ("report for @ana-fable", "ana-fable", ""),
        ("report for 4 West is blank", "", "for 4 West is blank"),
        ("report for @ nobody", "", "for @ nobody"),
        ("report forms for @ana-fable are gone", "", "forms for @ana-fable are gone"),
    ],
)
def test_a_report_may_be_for_somebody_else(line: str, behalf: str, words: str) -> None:
    assert parse(line) == Line(Kind.REPORT, "report", words, SLOW, behalf=behalf)


@pytest.mark.parametrize(
    "line",
    [
        "report for @ana-fable: !! anon: the pump ran dry",
        "!! anon report for @ana-fable the pump ran dry",
        "report anon !! for @ana-fable: the pump ran dry",
    ],
)
def test_marks_and_the_person_combine_in_any_order(line: str) -> None:
    expected = Line(Kind.REPORT, "report", "the pump ran dry", HARM, nameless=True, behalf="ana-fable")
    assert parse(line) == expected


# --------------------------------------------------------------------------------------------------- without a name


@pytest.mark.parametrize(
    ("line", "severity", "words"),
    [
        ("report anon she skips scans", SLOW, "she skips scans"),
        ("report anon: she skips scans", SLOW, "she skips scans"),
        ("anon report: she skips scans", SLOW, "she skips scans"),
        ("report: no name, she skips scans", SLOW, "she skips scans"),
        ("report No Name - she skips scans", SLOW, "she skips scans"),
        ("report without my name: she skips scans", SLOW, "she skips scans"),
        ("report anónimo la jefa no escanea", SLOW, "la jefa no escanea"),
        ("report ano\u0301nimo: la jefa no escanea", SLOW, "la jefa no escanea"),
        ("report anonymously the 0.5 mg is given twice", SLOW, "the 0.5 mg is given twice"),
        ("report anon .5 mg is given twice", SLOW, ".5 mg is given twice"),
        ("report anon -5 degrees in the fridge", SLOW, "-5 degrees in the fridge"),
        ("issue: anon: she skips scans", SLOW, "she skips scans"),
        ("ask anon may she?", QUESTION, "may she?"),
        ("! anon she skips scans", BLOCKED, "she skips scans"),
        ("anon ! she skips scans", BLOCKED, "she skips scans"),
        ("!! anon she skips scans", HARM, "she skips scans"),
        ("anon !! she skips scans", HARM, "she skips scans"),
        ("!!anonymous: she skips scans", HARM, "she skips scans"),
        ("no name !! she skips scans", HARM, "she skips scans"),
        ("anon!! she skips scans", HARM, "she skips scans"),
        ("report anon: anon is shown as the user", SLOW, "anon is shown as the user"),
        ("! anon ! she skips scans", HARM, "she skips scans"),
        ("anon", SLOW, ""),
        ("No name", SLOW, ""),
        ("!! anon", HARM, ""),
    ],
)
def test_a_report_may_go_without_a_name(line: str, severity: Severity, words: str) -> None:
    found = parse(line)
    assert (found.kind, found.nameless, found.severity, found.words) == (Kind.REPORT, True, severity, words)


@pytest.mark.parametrize(
    "line",
    [
        "anon the charge nurse skips scans",
        "Anon: the charge nurse skips scans",
        "ANONYMOUS the charge nurse skips scans",
        "anonymously speaking it is fine",
        "No Name: the charge nurse skips scans",
        "no\u00a0name, the charge nurse skips scans",
        "no name\nthe charge nurse skips scans",
        "anónimo la jefa no escanea",
        "without my name: she skips scans",
        "anon help",
        "anon problem",
        "anon MAR-142",
        f"anon {HEBREW}",
        f"anon {LONG}",
    ],
)
def test_a_draft_knows_that_it_is_to_go_without_a_name(line: str) -> None:
    assert parse(line) == Line(Kind.WORDS, words=line, nameless=True)
    assert is_nameless(line)
    assert not may_be_nameless(line)


@pytest.mark.parametrize(
    "line",
    [
        "no name on the wristband",
        "report no name prints on the wristband",
        "report: No Name prints on the wristband",
        "report without my name tag the door stays shut",
        "report anon's cart is locked",
        "report “anonymous” shows as the prescriber",
        "report (anon) she skips scans",
        "report anon-user cannot log in",
        "report anon.user cannot log in",
    ],
)
def test_what_may_be_a_wish_for_no_name_or_part_of_the_report_is_asked_about(line: str) -> None:
    assert parse(line) == Line(Kind.WORDS, words=line)
    assert may_be_nameless(line)
    assert not is_nameless(line)


@pytest.mark.parametrize(
    ("line", "severity", "behalf"),
    [
        ("! no name on the wristband", BLOCKED, ""),
        ("report for @ana-fable: no name on the wristband", None, "ana-fable"),
        ("! report for @ana-fable: no name on the wristband", BLOCKED, "ana-fable"),
    ],
)
def test_what_is_asked_about_keeps_what_its_front_said(line: str, severity: Severity | None, behalf: str) -> None:
    assert parse(line) == Line(Kind.WORDS, words=line, severity=severity, behalf=behalf)
    assert may_be_nameless(line)


@pytest.mark.parametrize("line", ["!! no name on the wristband", "report !! no name on the wristband"])
def test_marked_as_a_danger_it_is_filed_all_the_same(line: str) -> None:
    assert parse(line) == Line(Kind.REPORT, "report", "no name on the wristband", HARM)


@pytest.mark.parametrize("line", ["the anon account is locked", "anonymized export", "no names", "report x", "", "!!"])
def test_other_words_are_no_wish_for_no_name(line: str) -> None:
    assert not is_nameless(line)
    assert not may_be_nameless(line)


# ------------------------------------------------------------------------------------ commands, references, answers


@pytest.mark.parametrize(
    ("line", "verb", "words"),
    [
        ("mine", "mine", ""),
        ("  MINE\t", "mine", ""),
        ("míne", "mine", ""),
        ("mine:", "mine", ""),
        ("status", "mine", ""),
        ("Status:", "mine", ""),
        ("help", "help", ""),
        ("Help :", "help", ""),
        ("queue", "queue", ""),
        ("Queue", "queue", ""),
        ("pilot", "pilot", ""),
        ("PILOT", "pilot", ""),
        ("known", "known", ""),
        ("known:", "known", ""),
        ("known: scanner won't read", "known", "scanner won't read"),
        ("Known : Scanner", "known", "Scanner"),
        ("here", "here", ""),
        ("here: ICU", "here", "ICU"),
        ("Here: 4 West", "here", "4 West"),
        ("duty", "duty", ""),
        ("duty on", "duty", "on"),
        ("Duty OFF", "duty", "OFF"),
        ("duty: on", "duty", "on"),
        ("duty on until 19:00", "duty", "on until 19:00"),
        ("duty until 19:00", "duty", "until 19:00"),
        ("duty until 7 pm", "duty", "until 7 pm"),
        ("away", "away", ""),
        ("away until Monday", "away", "until Monday"),
        ("Away until 3 May, 19:00", "away", "until 3 May, 19:00"),
        ("away: until Monday", "away", "until Monday"),
        ("back", "back", ""),
        ("Back:", "back", ""),
        ("code ABCD-EFGH", "code", "ABCD-EFGH"),
        ("Code: ab12-cd34-ef56", "code", "ab12-cd34-ef56"),
    ],
)
@pytest.mark.parametrize("thread", [False, True])
def test_a_command_is_a_verb_alone_or_with_what_is_listed_for_it(
    line: str,
    verb: str,
    words: str,
    thread: bool,  # noqa: FBT001
) -> None:
    assert parse(line, thread=thread) == Line(Kind.COMMAND, verb, words)


@pytest.mark.parametrize(
    ("line", "key", "number"),
    [
        ("MAR-142", "MAR", 142),
        ("mar-142", "MAR", 142),
        ("Mär-142", "MAR", 142),
        ("MAR - 142", "MAR", 142),
        ("MAR–142", "MAR", 142),
        ("MAR\u2011142", "MAR", 142),
        ("\u00a0MAR-142 \n", "MAR", 142),
        ("PHARMA-1", "PHARMA", 1),
        ("#142", "", 142),
        ("＃142", "", 142),  # noqa: RUF001 - as some phones type it
        ("#007", "", 7),
    ],
)
@pytest.mark.parametrize("thread", [False, True])
def test_a_reference_alone_shows_that_issue(line: str, key: str, number: int, thread: bool) -> None:  # noqa: FBT001
    assert parse(line, thread=thread) == Line(Kind.REFERENCE, key=key, number=number)


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        ("yes", "yes"),
        ("YES", "yes"),
        ("Yes, fixed", "yes"),
        ("broken", "broken"),
        ("Still Broken", "broken"),
        ("still\u00a0broken", "broken"),
        ("next shift", "next shift"),
        ("Ask me next shift", "next shift"),
        ("me too", "me too"),
        (" Me  Too ", "me too"),
        ("mine is different", "different"),
        ("No, mine is different", "different"),
        ("withdraw", "withdraw"),
        ("Withdraw", "withdraw"),
        ("workaround fails", "fails"),
        ("The Workaround Fails", "fails"),
        ("How bad is it?", "severity"),
    ],
)
@pytest.mark.parametrize("thread", [False, True])
def test_an_answer_to_the_bot_stands_alone(line: str, verb: str, thread: bool) -> None:  # noqa: FBT001
    assert parse(line, thread=thread) == Line(Kind.ANSWER, verb)


# --------------------------------------------------------------------------------------------------- in the thread


@pytest.mark.parametrize("verb", sorted(THREAD_WORDS))
def test_every_word_of_the_thread_acts_alone_and_with_a_colon(verb: str) -> None:
    for line in (verb, verb.title(), f"  {verb.upper()} \n", f"{verb}:", f"{verb} :"):
        assert parse(line, thread=True) == Line(Kind.THREAD, verb)
    for line in (f"{verb}: New Battery", f"{verb}:New Battery", f"{verb.title()} : New Battery"):
        found = parse(line, thread=True)
        assert (found.kind, found.verb, found.words) == (Kind.THREAD, verb, "New Battery")


@pytest.mark.parametrize("verb", sorted(THREAD_WORDS))
def test_every_word_of_the_thread_within_a_sentence_is_team_talk(verb: str) -> None:
    for line in (f"{verb} it is then", f"{verb}! now", f"{verb}, I think", f"{verb} :) thanks", f"I'll {verb}"):
        assert parse(line, thread=True) == Line(Kind.WORDS, words=line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dup MAR-12", Line(Kind.THREAD, "dup", "MAR-12", key="MAR", number=12)),
        ("Dup mar-12", Line(Kind.THREAD, "dup", "mar-12", key="MAR", number=12)),
        ("dup: #12", Line(Kind.THREAD, "dup", "#12", number=12)),
        ("dup: the one from the night", Line(Kind.THREAD, "dup", "the one from the night")),
        ("merge #12", Line(Kind.THREAD, "dup", "#12", number=12)),
        ("merge: MAR-12", Line(Kind.THREAD, "dup", "MAR-12", key="MAR", number=12)),
        ("unmerge", Line(Kind.THREAD, "split")),
        ("The vendor replied", Line(Kind.THREAD, "vendor replied")),
        ("the  vendor\u00a0replied:", Line(Kind.THREAD, "vendor replied")),
        ("vendor: replied", Line(Kind.THREAD, "vendor", "replied")),
        ("propose to decline: another contract", Line(Kind.THREAD, "propose decline", "another contract")),
        ("Declare an outage", Line(Kind.THREAD, "declare outage")),
        ("Unmerge:", Line(Kind.THREAD, "split")),
        ("sev 1", Line(Kind.THREAD, "sev", "1", level=HARM)),
        ("SEV 4", Line(Kind.THREAD, "sev", "4", level=QUESTION)),
        ("sev: 2", Line(Kind.THREAD, "sev", "2", level=BLOCKED)),
        ("sev: high", Line(Kind.THREAD, "sev", "high")),
        ("hand @ana-fable", Line(Kind.THREAD, "hand", "@ana-fable", behalf="ana-fable")),
        ("Hand @“Ana Fable”", Line(Kind.THREAD, "hand", "@“Ana Fable”", behalf="Ana Fable")),
        ("hand: @Ana Fable", Line(Kind.THREAD, "hand", "@Ana Fable", behalf="Ana Fable")),
        ("hand: ana-fable", Line(Kind.THREAD, "hand", "ana-fable", behalf="ana-fable")),
        ("reply: #12", Line(Kind.THREAD, "reply", "#12")),
        ("info: 2", Line(Kind.THREAD, "info", "2")),
        ("reply: Room 4: is it you?", Line(Kind.THREAD, "reply", "Room 4: is it you?")),
        ("info:\nwhich cart?\nwhich bed?", Line(Kind.THREAD, "info", "which cart?\nwhich bed?")),
    ],
)
def test_words_of_the_thread_take_what_is_listed_for_them(line: str, expected: Line) -> None:
    assert parse(line, thread=True) == expected


@pytest.mark.parametrize(
    "line",
    [
        "take a look at the cart",
        "take :) thanks",
        "fixed rate infusion wrong",
        "fixed it with tape, but it will not hold",
        "fixed? I doubt it",
        "I'll take it",
        "release the cart",
        "check the cart first",
        "idea is good",
        "answer the phone",
        "reply to her",
        "explain it to me",
        "vendor replied yesterday",
        "the vendor replied to me",
        "vendor replied? great",
        "vendor, replied",
        "propose to decline it",
        "declare an outage, please",
        "declare outage if it goes on",
        "workaround fails on nights too?",
        "the workaround fails: it beeps",
        "object",
        "object: it is not",
        "detail",
        "dup 12",
        "dup of MAR-12",
        "dup #0",
        "merge the two lists",
        "unmerge MAR-12",
        "sev 5",
        "sev 0",
        "sev 12",
        "sev 2 I think",
        "hand sanitizer is empty",
        "hand @ana-fable the pump",
        "hand @",
        "!! hurry",
        "!",
        "anon said so",
        "anon",
        "no name: she said so",
        "no name on the wristband",
        "142",
        "yes it is",
        "still broken on my side",
        "help him",
        "queue is long",
        "known issue, I think",
        "\N{THUMBS UP SIGN}",
        "",
        " ",
        HEBREW,
        LONG,
    ],
)
def test_in_a_thread_everything_else_is_team_talk(line: str) -> None:
    assert parse(line, thread=True) == Line(Kind.WORDS, words=line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("report the cart is dark", Line(Kind.REPORT, "report", "the cart is dark", SLOW)),
        ("!! report: the cart is dark", Line(Kind.REPORT, "report", "the cart is dark", HARM)),
        ("ask: who has the key?", Line(Kind.REPORT, "ask", "who has the key?", QUESTION)),
        ("report anon: she skips", Line(Kind.REPORT, "report", "she skips", SLOW, nameless=True)),
        ("report no name on the band", Line(Kind.REPORT, "report", "no name on the band", SLOW)),
    ],
)
def test_a_report_asked_for_in_a_thread_is_never_taken_for_talk(line: str, expected: Line) -> None:
    assert parse(line, thread=True) == expected


@pytest.mark.parametrize(
    ("line", "verb", "words"),
    [
        ("reply", "reply", ""),
        ("Reply: cart 7", "reply", "cart 7"),
        ("answer : it was\ncart 7", "reply", "it was\ncart 7"),
        ("Object:", "object", ""),
        ("APPEAL: it is not", "object", "it is not"),
        ("detail: Room 12: bed 3", "detail", "Room 12: bed 3"),
        ("details", "detail", ""),
    ],
)
def test_an_answer_takes_words_after_a_colon_and_keeps_the_line(line: str, verb: str, words: str) -> None:
    assert parse(line) == Line(Kind.ANSWER, verb, words, whole=line if words else "")


# ------------------------------------------------------------------------------------------------- for every line


def test_every_verb_stands_in_its_table_as_it_is_compared() -> None:
    tables = (
        REPORTING,
        COMMANDS,
        THREAD_WORDS,
        ANSWERS,
        SYNONYMS,
        THREAD_SYNONYMS,
        NAMELESS,
        NAMELESS_IF_PARTED,
        TAKING_ANSWERS,
    )
    assert all(fold(word) == word for table in tables for word in table)
    assert set(SYNONYMS.values()) <= {*REPORTING, *COMMANDS}
    assert set(THREAD_SYNONYMS.values()) <= set(THREAD_WORDS)
    assert set(COMMANDS) >= TAKING_WORDS


def test_no_word_means_two_things_in_one_place() -> None:
    anywhere = [*REPORTING, *COMMANDS, *ANSWERS, *SYNONYMS]
    for words in ([*anywhere, *THREAD_WORDS, *THREAD_SYNONYMS], [*anywhere, *TAKING_ANSWERS]):
        assert len(words) == len(set(words))


_PIECES = [
    *REPORTING,
    *COMMANDS,
    *THREAD_WORDS,
    *ANSWERS,
    *TAKING_ANSWERS,
    *SYNONYMS,
    *THREAD_SYNONYMS,
    *NAMELESS,
    *NAMELESS_IF_PARTED,
    *("!", "!!", ":", " : ", ",", ".", ".5", " - ", "-", "'s", " ", "  ", "\n", "\t", "\u00a0", "for ", "for @ana"),
    *('@"Ana Fable"', "“", "MAR-142", "#142", "until 19:00", "Anónimo", "ano\u0301nimo", "REPORT", FAMILY, HEBREW, "…"),
]
MESSY = st.lists(st.sampled_from(_PIECES) | st.text(max_size=4), max_size=8).map("".join) | st.lists(
    st.sampled_from(_PIECES), max_size=6
).map(" ".join)
_TAKEN_OFF = {*REPORTING, *SYNONYMS, *NAMELESS, "no", "name", "without", "my", "for"}


@given(MESSY, st.booleans(), st.booleans())
@example("\ud800 half a character", False, False)  # noqa: FBT003
def test_whatever_is_typed_is_understood_and_words_are_untouched(line: str, thread: bool, command: bool) -> None:  # noqa: FBT001
    found = parse(line, thread=thread, command=command)
    if found.kind is Kind.WORDS:
        assert found.words == line
    else:
        assert line.strip().endswith(found.words)


@given(MESSY, st.booleans())
def test_a_report_loses_nothing_but_marks_and_verbs(line: str, thread: bool) -> None:  # noqa: FBT001
    found = parse(line, thread=thread)
    if found.kind is Kind.REPORT:
        front = line.strip().removesuffix(found.words).replace(found.behalf or "\0", "", 1)
        for mark in '!:;,.-–—@"“”„«»':
            front = front.replace(mark, " ")
        assert set(fold(front).split()) <= _TAKEN_OFF


@given(st.sampled_from(sorted(REPORTING)), st.text(min_size=1).map(str.strip).filter(lambda text: text[:1].isdigit()))
def test_what_follows_report_is_kept_exactly_as_typed(verb: str, words: str) -> None:
    for line in (f"{verb} {words}", f"{verb}: {words}", f"{verb}:{words}", f"!! {verb} {words}"):
        assert parse(line).words == words


@given(
    st.sampled_from(sorted({*COMMANDS, *ANSWERS, *TAKING_ANSWERS} - {"ask me next shift"})),
    st.sampled_from(["please", "the pump", "4 West", "?"]),
)
def test_a_command_with_a_sentence_after_it_is_no_command(verb: str, words: str) -> None:
    assert parse(f"{verb} {words}") == Line(Kind.WORDS, words=f"{verb} {words}")
