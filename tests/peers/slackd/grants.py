"""What may be used a few times and not for long: triggers that open a form, addresses that take an answer."""

from dataclasses import dataclass, field

from tests.peers.slackd.state import ApiError, State

TRIGGER = 3.0  # seconds
RESPONSES, RESPONSE = 5, 1800.0


@dataclass(frozen=True)
class Reply:
    """Where an answer goes: a place, the person who acted, and the message they acted on."""

    channel: str
    user: str
    on: str = ""


@dataclass
class Grants:
    state: State
    _triggers: dict[str, tuple[str, float, str]] = field(default_factory=dict)  # who, until, what became of it
    _replies: dict[str, tuple[Reply, float, int]] = field(default_factory=dict)  # where, until, uses

    def trigger(self, user: str) -> str:
        """A new one, for this person's screen."""
        made = f"{self.state.number('')}.{self.state.number('')}.{'ab12' * 8}"
        self._triggers[made] = (user, self.state.clock() + TRIGGER, "")
        return made

    def spend(self, trigger: str) -> str:
        """Whose screen it opens; never again."""
        if trigger not in self._triggers:
            raise ApiError("invalid_trigger_id")
        user, until, spent = self._triggers[trigger]
        if spent:
            raise ApiError(spent)
        if self.state.clock() > until:
            raise ApiError("expired_trigger_id")
        self._triggers[trigger] = (user, until, "exchanged_trigger_id")
        return user

    def response(self, reply: Reply) -> str:
        """The last part of a new address."""
        made = self.state.number("R")
        self._replies[made] = (reply, self.state.clock() + RESPONSE, 0)
        return made

    def respond(self, token: str) -> Reply:
        if token not in self._replies:
            raise ApiError("no_such_url")
        reply, until, uses = self._replies[token]
        if self.state.clock() > until:
            raise ApiError("expired_url")
        if uses == RESPONSES:
            raise ApiError("used_url")
        self._replies[token] = (reply, until, uses + 1)
        return reply
