"""The app as Slack has to know it, written from our own tables: what is not declared there never reaches us."""

from collections.abc import Mapping
from typing import Any

from adapters.slack.edge import PATH
from adapters.slack.inbound import SHORTCUT
from adapters.slack.modal import NAME
from adapters.slack.tiers import SCOPES

EVENTS: Mapping[str, str] = {  # what we hear of, and the scope it takes
    "app_home_opened": "",
    "app_mention": "app_mentions:read",
    "message.im": "im:history",
    "user_change": "users:read",
}
BOT_SCOPES = sorted({*SCOPES, "commands", *filter(None, EVENTS.values())})
HINT = "report what went wrong, or help"

Json = dict[str, Any]


def manifest(command: str, public_url: str) -> Json:
    """For Socket Mode where no public address is given: then Slack need not reach us at all."""
    to = {"request_url": f"{public_url.rstrip('/')}{PATH}"} if public_url else {}
    at = {"url": to["request_url"]} if to else {}
    return {
        "display_information": {
            "name": NAME,
            "description": "Report what goes wrong with new technology, and see it put right",
            "background_color": "#1f4e5f",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "slash_commands": [
                {
                    "command": command,
                    "description": "Report a problem with the pilot",
                    "usage_hint": HINT,
                    "should_escape": True,
                    **at,
                }
            ],
            "shortcuts": [
                {
                    "name": "Report this message",
                    "type": "message",
                    "callback_id": SHORTCUT,
                    "description": "Report what a message is about",
                }
            ],
        },
        "oauth_config": {"scopes": {"bot": BOT_SCOPES}},
        "settings": {
            "event_subscriptions": {"bot_events": sorted(EVENTS), **to},
            "interactivity": {"is_enabled": True, **to},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not public_url,
            "token_rotation_enabled": False,
        },
    }
