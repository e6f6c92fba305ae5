"""Examples of what is said of words that are not yet a report, with a name and without."""

from collections.abc import Mapping
from dataclasses import replace

from bot import messages
from bot.model import AnswerId, IssueId, KnownAnswer, Nameless, PersonId, PilotId, Role, Severity, Status
from bot.privacy import Identifier
from tests.examples.scene import NOW, Example, Scene


def _view(scene: Scene) -> messages.DraftView:
    return messages.DraftView(scene.draft, scene.pilot, scene.reader)


def _marked(scene: Scene) -> messages.DraftView:
    return replace(_view(scene), draft=replace(scene.draft, severity=Severity.BLOCKS_WORK))


def _known(scene: Scene) -> KnownAnswer:
    return KnownAnswer(AnswerId(2**62), PilotId(1), IssueId(2**62), scene.words, scene.words, PersonId(2), NOW, 3)


def _strict(scene: Scene) -> messages.DraftView:
    return replace(_marked(scene), pilot=replace(scene.pilot, nameless=Nameless.STRICT), found=[Identifier.RECORD])


_DRAFTS: Mapping[str, Example] = {
    "draft": lambda s: messages.draft(_view(s)),
    "draft: again": lambda s: messages.draft(replace(_view(s), again=True)),
    "draft: marked": lambda s: messages.draft(_marked(s)),
    "draft: with a name": lambda s: messages.draft(replace(_view(s), named=True)),
    "draft: marked, with a name": lambda s: messages.draft(replace(_marked(s), named=True)),
    "draft: for somebody": lambda s: messages.draft(replace(_view(s), behalf=s.person(2))),
    "draft: masked": lambda s: messages.draft(replace(_view(s), found=[*Identifier])),
    "draft: sent before": lambda s: messages.draft(replace(_view(s), same=s.issue())),
    "draft: likely": lambda s: messages.draft(replace(_view(s), likely=[s.issue()] * 3)),
    "draft: much to say": lambda s: messages.draft(
        replace(
            _view(s), found=[*Identifier], same=s.issue(), likely=[s.issue()] * 3, answers=[_known(s)] * 2,
            waiting=[s.issue()] * 9, named=True,
        )
    ),
    "draft_form": lambda s: messages.draft_form(s.draft, s.reader, {}, {}),
    "draft_form: wrong": lambda s: messages.draft_form(
        s.draft, s.reader, {"words": ""}, {"words": messages.no_words(s.reader)}
    ),
    "draft_over": lambda s: messages.draft_over(s.draft, s.reader, sent=False),
    "draft_over: sent": lambda s: messages.draft_over(s.draft, s.reader, sent=True),
    "draft_stays": lambda s: messages.draft_stays(
        messages.not_now(s.issue(Status.VERIFIED), s.reader), messages.draft(_view(s))
    ),
    "draft_expired": lambda s: messages.draft_expired(s.draft, s.reader),
    "draft_dropped": lambda s: messages.draft_dropped(s.reader),
    "draft_gone": lambda s: messages.draft_gone(s.reader),
    "filed_for": lambda s: messages.filed_for(
        messages.receipt(s.about(), s.crowd, None, s.reader, NOW), s.person(2), s.reader
    ),
    "who_is_that": lambda s: messages.who_is_that(s.name, s.crowd, s.reader),
    "who_is_that: nobody": lambda s: messages.who_is_that(s.name, [], s.reader),
    "with_likely": lambda s: messages.with_likely(
        messages.receipt(s.about(level=1), s.crowd, s.person(3), s.reader, NOW), s.issue(), [s.issue()] * 3, s.reader
    ),
    "with_likely: nothing": lambda s: messages.with_likely(
        messages.receipt(s.about(), s.crowd, s.person(3), s.reader, NOW), s.issue(), [], s.reader
    ),
}  # fmt: skip

_NAMELESS: Mapping[str, Example] = {
    "nameless_draft": lambda s: messages.nameless_draft(_view(s)),
    "nameless_draft: again": lambda s: messages.nameless_draft(replace(_view(s), again=True)),
    "nameless_draft: not my champion": lambda s: messages.nameless_draft(replace(_view(s), away=True)),
    "nameless_draft: few on shift": lambda s: messages.nameless_draft(replace(_view(s), small=True)),
    "nameless_draft: with a code": lambda s: messages.nameless_draft(_strict(s), code="5555"),
    "with_code": lambda s: messages.with_code(messages.receipt(s.about(), [], None, s.reader, NOW), "5555", s.reader),
    "with_lines": lambda s: messages.with_lines(
        messages.receipt(s.about(Status.TAKEN), [], None, s.reader, NOW),
        s.issue(Status.TAKEN),
        s.pilot,
        [(s.person(2, Role.RESPONDER), s.words)] * 9,
        s.reader,
    ),
    "with_lines: closed": lambda s: messages.with_lines(
        messages.receipt(s.about(Status.VERIFIED), [], None, s.reader, NOW),
        s.issue(Status.VERIFIED),
        s.pilot,
        [(s.person(2, Role.RESPONDER), s.words)],
        s.reader,
    ),
    "with_lines: nothing": lambda s: messages.with_lines(
        messages.receipt(s.about(), [], None, s.reader, NOW), s.issue(), s.pilot, [], s.reader
    ),
    "no_such_code": lambda s: messages.no_such_code(s.reader),
    "too_many_nameless": lambda s: messages.too_many_nameless(s.reader),
}

EXAMPLES: Mapping[str, Example] = {**_DRAFTS, **_NAMELESS}
