"""Examples of what is said while an issue waits for a vendor."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from bot import messages
from bot.model import IssueId, Status, VendorWait
from tests.examples.scene import NOW, Example

LATER = NOW + timedelta(hours=30)


def _wait(words: str) -> VendorWait:
    return VendorWait(IssueId(2**62), 4, words, words, LATER, NOW)


def _no_date(words: str) -> VendorWait:
    return replace(_wait(words), reference="", expected_at=None)


EXAMPLES: Mapping[str, Example] = {
    "vendor_form": lambda s: messages.vendor_form(s.issue(Status.TAKEN), s.reader, {"vendor": s.words}, {}),
    "vendor_form: wrong": lambda s: messages.vendor_form(
        s.issue(), s.reader, {"expected": s.words},
        {"vendor": messages.no_vendor(s.reader), "expected": messages.not_ahead(s.reader)},
    ),
    "sent_to_vendor": lambda s: messages.sent_to_vendor(
        s.issue(Status.WAITING_VENDOR), _wait(s.words), LATER, s.reader, NOW
    ),
    "with_vendor": lambda s: messages.with_vendor(s.issue(Status.WAITING_VENDOR), _wait(s.words), s.reader, NOW),
    "with_vendor: no date, missed": lambda s: messages.with_vendor(
        s.issue(Status.WAITING_VENDOR, missed=True), _no_date(s.words), s.reader, NOW
    ),
    "sent_in_thread": lambda s: messages.sent_in_thread(_wait(s.words), s.person(2), s.reader, NOW),
    "sent_in_thread: no date": lambda s: messages.sent_in_thread(_no_date(s.words), s.person(2), s.reader, NOW),
    "vendor_replied": lambda s: messages.vendor_replied(s.issue(Status.TAKEN), s.reader, NOW),
    "vendor_replied_for_owner": lambda s: messages.vendor_replied_for_owner(
        s.issue(Status.TAKEN), s.person(2), s.viewer, NOW
    ),
    "vendor_replied_for_owner: the clock": lambda s: messages.vendor_replied_for_owner(
        s.issue(Status.TAKEN, missed=True), None, s.viewer, NOW
    ),
    "vendor_replied_in_thread": lambda s: messages.vendor_replied_in_thread(s.reader),
}  # fmt: skip
