"""What is said of roles: the form in which they are given and taken, and what came of it."""

from collections.abc import Iterable, Mapping

from bot.actions import GrantRole
from bot.cards import Button, Buttons, Card, ChoiceField, Form, Mark, Option, Text, TextField, clip
from bot.language import sentences
from bot.messages.words import NAME
from bot.model import Person, Pilot, Reader, Role

GIVE, TAKE = "yes", "no"  # what the form sends back of whether a role is given


def role_name(role: Role, reader: Reader) -> str:
    _ = sentences(reader).gettext
    return {
        Role.CLINICIAN: _("clinician"),
        Role.CHAMPION: _("champion"),
        Role.RESPONDER: _("fix team"),
        Role.LEAD: _("implementation lead"),
        Role.SPONSOR: _("sponsor"),
        Role.SAFETY: _("safety officer"),
        Role.ADMIN: _("administrator"),
    }[role]


def role_form(reader: Reader, values: Mapping[str, str], errors: Mapping[str, str]) -> Form:
    _ = sentences(reader).gettext
    roles = tuple(Option(each.value, role_name(each, reader)) for each in Role)
    deeds = (Option(GIVE, _("Give it")), Option(TAKE, _("Take it away")))
    return Form(
        _("Give or take a role"),
        _("Save"),
        GrantRole(),
        (
            TextField("email", _("Whose? Their e-mail, as on the roster"), value=values.get("email", "")),
            ChoiceField("role", _("Which role?"), roles, values.get("role", "")),
            ChoiceField("give", _("What shall happen?"), deeds, values.get("give", GIVE)),
        ),
        errors=errors,
    )


def role_given(who: Person, role: Role, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{name} has the role: {role}").format(name=clip(who.name, NAME), role=role_name(role, reader))
    if role is not Role.CHAMPION or who.trained:
        return Card(title, mark=Mark.DONE)
    return Card(title, (Text(_("They get no reports before the roster says that they are trained.")),), Mark.DONE)


def role_taken(who: Person, role: Role, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{name} does not have the role any more: {role}")
    return Card(title.format(name=clip(who.name, NAME), role=role_name(role, reader)), mark=Mark.DONE)


def role_unchanged(who: Person, role: Role, reader: Reader) -> Card:
    """They had it already, or did not have it."""
    _ = sentences(reader).gettext
    has = _("{name} has the role already: {role}") if who.has(role) else _("{name} does not have the role: {role}")
    title = has.format(name=clip(who.name, NAME), role=role_name(role, reader))
    return Card(title, (Text(_("Nothing was changed.")),))


def role_stays(who: Person, role: Role, reader: Reader, *, last: bool) -> Card:
    """It cannot be taken: they are the last who has it, or they have no other."""
    _ = sentences(reader).gettext
    title = _("{name} keeps the role: {role}").format(name=clip(who.name, NAME), role=role_name(role, reader))
    why = (
        _("Nobody else has it. Give it to somebody else first.")
        if last
        else _("They have no other one. Give them another role first, or take them off the roster.")
    )
    return Card(title, (Text(why),), Mark.WARNING)


def nobody_known_as(email: str, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("Nobody on the roster has the e-mail {email}").format(email=clip(email, NAME))
    return Card(title, (Text(_("Nothing was changed. Write it as it stands on the roster.")),), Mark.WARNING)


def several_known_as(email: str, pilots: Iterable[str], reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("{email} is on the roster of several pilots").format(email=clip(email, NAME))
    say = _("Nothing was changed. Say which one is meant: --pilot with one of {pilots}.")
    return Card(title, (Text(say.format(pilots=clip(", ".join(pilots)))),), Mark.WARNING)


def admin_now(pilot: Pilot, reader: Reader) -> Card:
    _ = sentences(reader).gettext
    title = _("You are an admin now: {pilot}").format(pilot=clip(pilot.name, NAME))
    say = Text(_("You keep the roles of this pilot. Every role that is given or taken is written down."))
    return Card(title, (say, Buttons((Button(_("Give or take a role…"), GrantRole()),))), Mark.DONE)


def admin_refused(reader: Reader, *, taken: bool) -> Card:
    """The code is not the one, or there is an admin who can give the role."""
    _ = sentences(reader).gettext
    if taken:
        return Card(
            _("There is an admin already"), (Text(_("Ask them for the role. Nothing was changed.")),), Mark.WARNING
        )
    say = _("It works once, for 24 hours. Whoever runs Checkback can start it again: it prints a new one.")
    return Card(_("That is not the code"), (Text(say),), Mark.WARNING)
