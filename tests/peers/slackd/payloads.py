"""The payloads that Slack sends when somebody acts, with all the keys they come with."""

from dataclasses import dataclass

from tests.peers.slackd import rooms, views
from tests.peers.slackd.filling import values
from tests.peers.slackd.grants import Grants, Reply
from tests.peers.slackd.state import TEAM, Json, Message, State, User, View

HOSPITAL = {"id": TEAM, "domain": "hospital"}
TOKEN = "not-used-any-more"


@dataclass
class Payloads:
    state: State
    grants: Grants
    address: str = ""  # of the server

    def response_url(self, reply: Reply) -> str:
        return f"{self.address}/respond/{self.grants.response(reply)}"

    def command(self, user: User, name: str, words: str, channel: str) -> Json:
        conversation = self.state.conversations[channel]
        return {
            "token": TOKEN,
            "team_id": TEAM,
            "team_domain": HOSPITAL["domain"],
            "channel_id": channel,
            "channel_name": "directmessage" if conversation.kind == "im" else conversation.name,
            "user_id": user.id,
            "user_name": user.name,
            "command": name,
            "text": words,
            "api_app_id": self.state.app.id,
            "is_enterprise_install": "false",
            "response_url": self.response_url(Reply(channel, user.id)),
            "trigger_id": self.grants.trigger(user.id),
        }

    def _base(self, kind: str, user: User) -> Json:
        return {
            "type": kind,
            "team": dict(HOSPITAL),
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM},
            "api_app_id": self.state.app.id,
            "token": TOKEN,
        }

    def pressed(self, user: User, action: Json, on: Message | View) -> Json:
        """block_actions: of a message it comes with an address for an answer, of a view with the view."""
        base = self._base("block_actions", user) | {
            "trigger_id": self.grants.trigger(user.id),
            "actions": [{**action, "action_ts": self.state.ts()}],
        }
        if isinstance(on, View):
            return base | {"container": {"type": "view", "view_id": on.id}, "view": self.view(on)}
        where = {"type": "message", "message_ts": on.ts, "channel_id": on.channel}
        thread = {"thread_ts": on.thread_ts} if on.thread_ts else {}
        return base | {
            "container": {**where, "is_ephemeral": bool(on.ephemeral_to), **thread},
            "channel": self._channel(on.channel),
            # the message of an ephemeral one is not told
            **({} if on.ephemeral_to else {"message": rooms.as_json(on)}),
            "state": {"values": values(on.blocks, {})},
            "response_url": self.response_url(Reply(on.channel, user.id, on.ts)),
        }

    def submitted(self, user: User, view: View) -> Json:
        return self._base("view_submission", user) | {
            "trigger_id": self.grants.trigger(user.id),
            "view": self.view(view),
            "response_urls": [],
        }

    def closed(self, user: User, view: View, *, cleared: bool) -> Json:
        return self._base("view_closed", user) | {"view": self.view(view), "is_cleared": cleared}

    def shortcut(self, user: User, callback: str, on: Message) -> Json:
        base = self._base("message_action", user) | {"user": {"id": user.id, "name": user.name, "team_id": TEAM}}
        del base["api_app_id"]
        return base | {
            "callback_id": callback,
            "trigger_id": self.grants.trigger(user.id),
            "action_ts": self.state.ts(),
            "response_url": self.response_url(Reply(on.channel, user.id, on.ts)),
            "message_ts": on.ts,
            "channel": self._channel(on.channel),
            "message": rooms.as_json(on),
        }

    def view(self, view: View) -> Json:
        return views.as_json(view) | {"state": {"values": values(view.blocks, view.values)}}

    def _channel(self, channel: str) -> Json:
        found = self.state.conversations[channel]
        return {"id": channel, "name": "directmessage" if found.kind == "im" else found.name}
