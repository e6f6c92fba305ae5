"""What is said while an issue waits for a vendor."""

from collections.abc import Mapping
from datetime import datetime

from bot.actions import Do
from bot.cards import FORM_TITLE, Card, Form, Mark, Quote, Text, TextField, clip
from bot.language import sentences
from bot.messages.words import NAME, when
from bot.messages.work import done, expected_field, help_due, news
from bot.model import Event, Issue, Person, Reader, VendorWait

_REFERENCE = 100  # of a vendor's ticket, where a card shows it


def vendor_form(issue: Issue, reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    return Form(
        clip(_("Vendor: {reference}").format(reference=issue.reference), FORM_TITLE),
        _("Save"),
        Do(Event.SEND_TO_VENDOR, issue.id, issue.version),
        (
            TextField("vendor", _("Which vendor?"), value=values.get("vendor", "")),
            TextField("reference", _("Their ticket or reference"), value=values.get("reference", ""), required=False),
            expected_field(_("When do they expect to answer?"), values.get("expected", ""), reader),
        ),
        intro=clip(issue.summary),
        errors=errors,
    )


def no_vendor(reader: Reader) -> str:
    return sentences(reader).gettext("Please write which vendor has it.")


def sent_to_vendor(issue: Issue, wait: VendorWait, check_at: datetime, reader: Reader, now: datetime) -> Card:
    """To whoever sent it."""
    _ = sentences(reader).gettext
    title = _("{reference}: noted, {vendor} has it").format(reference=issue.reference, vendor=clip(wait.vendor, NAME))
    check = _("The owner is asked about it {when}, and again until they answer.").format(
        when=when(check_at, now, reader)
    )
    return done(title, issue, reader, check, help_due(issue, reader, now))


def with_vendor(issue: Issue, wait: VendorWait, reader: Reader, now: datetime) -> Card:
    """To the reporter."""
    _ = sentences(reader).gettext
    title = _("{reference}: the vendor has been asked").format(reference=issue.reference)
    said = (_passed_on(wait, reader), _expected(wait, reader, now), help_due(issue, reader, now))
    return Card(title, (Quote(clip(issue.summary)), *map(Text, said)), Mark.WAITING)


def sent_in_thread(wait: VendorWait, by: Person, reader: Reader, now: datetime) -> Card:
    _ = sentences(reader).gettext
    title = _("{name} has sent it to {vendor}.").format(name=clip(by.name, NAME), vendor=clip(wait.vendor, NAME))
    reference = _("Their reference: {reference}").format(reference=clip(wait.reference, _REFERENCE))
    said = ([reference] if wait.reference else []) + [_expected(wait, reader, now)]
    return Card(title, tuple(Text(line, "quiet") for line in said), Mark.WAITING)


def _passed_on(wait: VendorWait, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return _("It is with {vendor} now. We ask them until they answer.").format(vendor=clip(wait.vendor, NAME))


def _expected(wait: VendorWait, reader: Reader, now: datetime) -> str:
    _ = sentences(reader).gettext
    if wait.expected_at is None:
        return _("They have named no day so far.")
    return _("They expect to answer {when}.").format(when=when(wait.expected_at, now, reader))


def vendor_replied(issue: Issue, reader: Reader, now: datetime) -> Card:
    """To whoever says so."""
    _ = sentences(reader).gettext
    title = _("{reference}: noted, the vendor has answered").format(reference=issue.reference)
    return done(title, issue, reader, _("It is being worked on again."), help_due(issue, reader, now))


def vendor_replied_for_owner(issue: Issue, by: Person | None, viewer: Person, now: datetime) -> Card:
    reader = viewer.reader
    _ = sentences(reader).gettext
    title = _("{reference}: the vendor has answered").format(reference=issue.reference)
    said = _("{name} says so.").format(name=clip(by.name, NAME)) if by else ""
    return news(title, issue, viewer, now, said, help_due(issue, reader, now))


def vendor_replied_in_thread(reader: Reader) -> Card:
    return Card(sentences(reader).gettext("The vendor has answered."))
