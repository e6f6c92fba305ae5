"""The app as it is installed: what its manifest declares, and the secrets it was given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

SCOPES = frozenset(
    {
        "app_mentions:read",
        "channels:history",
        "channels:read",
        "chat:write",
        "commands",
        "files:read",
        "files:write",
        "groups:history",
        "groups:read",
        "im:history",
        "im:read",
        "im:write",
        "mpim:history",
        "mpim:read",
        "reactions:write",
        "users:read",
        "users:read.email",
    }
)
EVENTS = frozenset(
    {"app_home_opened", "app_mention", "message.channels", "message.groups", "message.im", "user_change", "team_join"}
)


@dataclass(frozen=True, kw_only=True)
class App:
    """What is not declared here is not there."""

    id: ClassVar[str] = "A0CHECKBACK"
    name: str = "Checkback"
    commands: tuple[str, ...] = ("/pilot",)
    escapes: bool = True  # should_escape: a name typed in a command arrives as <@U1|name>
    shortcuts: Mapping[str, str] = field(default_factory=lambda: {"Report this message": "report_message"})
    scopes: frozenset[str] = SCOPES
    events: frozenset[str] = EVENTS
    home_tab: bool = True
    messages_tab: bool = True
    interactive: bool = True

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> "App":
        features, settings = manifest.get("features", {}), manifest.get("settings", {})
        home, commands = features.get("app_home", {}), features.get("slash_commands", [])
        return cls(
            name=manifest["display_information"]["name"],
            commands=tuple(command["command"] for command in commands),
            escapes=any(command.get("should_escape", False) for command in commands),
            shortcuts={each["name"]: each["callback_id"] for each in _of_messages(features.get("shortcuts", []))},
            scopes=frozenset(manifest["oauth_config"]["scopes"]["bot"]),
            events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
            home_tab=home.get("home_tab_enabled", False),
            messages_tab=home.get("messages_tab_enabled", True)
            and not home.get("messages_tab_read_only_enabled", False),
            interactive=settings.get("interactivity", {}).get("is_enabled", False),
        )


def _of_messages(shortcuts: Iterable[Mapping[str, str]]) -> list[Mapping[str, str]]:
    return [each for each in shortcuts if each["type"] == "message"]
