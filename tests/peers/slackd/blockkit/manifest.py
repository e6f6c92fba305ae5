"""An app's manifest: what of it the bot relies on."""

from collections.abc import Iterator, Mapping

from tests.peers.slackd.blockkit.rules import (
    Problem,
    Rule,
    any_value,
    each,
    flag,
    listed,
    mapping,
    one_of,
    shape,
    unique,
    words,
)

SCOPE = r"[a-z_.]+(:[a-z_.]+)*"

_url = words(3000, pattern=r"https://\S+")
_command = shape(
    {"command": words(32, pattern=r"/[^\sA-Z/]+"), "description": words(2000)},
    {"url": _url, "usage_hint": words(1000), "should_escape": flag},
)
_shortcut = shape(
    {"name": words(24), "callback_id": words(255), "description": words(150), "type": one_of("message", "global")},
    {},
)
_events = each(words(255, pattern=r"[a-z_.]+"), 1, 100, unique(lambda one: one, "event"))
_scopes = each(words(255, pattern=SCOPE), 1, 255, unique(lambda one: one, "scope"))

_features: Mapping[str, Rule] = {
    "bot_user": shape({"display_name": words(80)}, {"always_online": flag}),
    "app_home": shape(
        {}, {"home_tab_enabled": flag, "messages_tab_enabled": flag, "messages_tab_read_only_enabled": flag}
    ),
    "slash_commands": each(_command, 1, 50, unique(lambda one: mapping(one).get("command"), "command")),
    "shortcuts": each(_shortcut, 1, 10, unique(lambda one: mapping(one).get("callback_id"), "callback_id")),
    "unfurl_domains": each(words(255), 1, 5),
}


def _urls_without_socket(value: object, at: str) -> Iterator[Problem]:
    """Over HTTP every door needs its address."""
    settings, features = mapping(mapping(value).get("settings")), mapping(mapping(value).get("features"))
    if settings.get("socket_mode_enabled"):
        return
    for name in ("event_subscriptions", "interactivity"):
        if name in settings and "request_url" not in mapping(settings[name]):
            yield Problem("missing", "needs request_url without Socket Mode", f"{at}/settings/{name}", "request_url")
    for place, command in enumerate(listed(features.get("slash_commands"))):
        if "url" not in mapping(command):
            yield Problem("missing", "needs url without Socket Mode", f"{at}/features/slash_commands/{place}", "url")


MANIFEST = shape(
    {
        "display_information": shape(
            {"name": words(35)},
            {
                "description": words(140),
                "long_description": words(4000, 175),
                "background_color": words(7, pattern="#([0-9a-fA-F]{3}){1,2}"),
            },
        ),
        "oauth_config": shape(
            {"scopes": shape({"bot": _scopes}, {"user": _scopes})},
            {"redirect_urls": each(_url, 1, 1000), "token_management_enabled": flag},
        ),
        "settings": shape(
            {},
            {
                "event_subscriptions": shape({}, {"request_url": _url, "bot_events": _events, "user_events": _events}),
                "interactivity": shape({"is_enabled": flag}, {"request_url": _url, "message_menu_options_url": _url}),
                "allowed_ip_address_ranges": each(words(50), 1, 10),
                "org_deploy_enabled": flag,
                "socket_mode_enabled": flag,
                "token_rotation_enabled": flag,
                "is_hosted": flag,
            },
        ),
    },
    {
        "_metadata": shape({}, {"major_version": one_of(1, 2), "minor_version": any_value}),
        "features": shape({}, _features),
    },
    _urls_without_socket,
)


def check_manifest(manifest: object) -> list[Problem]:
    return list(MANIFEST(manifest, ""))
