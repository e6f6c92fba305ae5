"""Settings: the environment (`CHECKBACK_…`), then `checkback.toml`, then the defaults. Read once, passed down."""

import base64
import re
from pathlib import Path
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    HttpUrl,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from typing_extensions import override

from bot.errors import Misconfigured

PREFIX = "CHECKBACK_"
FILE = Path("checkback.toml")
SECRET_LENGTH = 32
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_SCHEMES = ("sqlite:///", "postgresql://")
_SIGNS = "whsec_"  # by this and the size of a key a Standard Webhooks secret is known
_KEY_BYTES = range(24, 65)
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_BEGINS = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}


def _safe(url: HttpUrl | None) -> HttpUrl | None:
    if url and url.scheme != "https" and str(url.host).strip("[]") not in LOOPBACK:
        message = "it begins with https://; with http:// only on this machine's loopback"
        raise ValueError(message)
    return url


def _signing_key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(_SIGNS), validate=True) if secret.startswith(_SIGNS) else b""


# Not shown where settings are printed: the path of such an address is often all that protects it. An empty one is none.
Outside = Annotated[HttpUrl | None, BeforeValidator(lambda url: url or None), AfterValidator(_safe), Field(repr=False)]


class Settings(BaseSettings):
    """Each has a default that is safe; `serve` alone demands a secret."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    database_url: str = Field(
        "sqlite:///data/checkback.db",
        description="Where everything is kept: sqlite:///FILE, or postgresql://USER@HOST/DATABASE for several replicas",
    )
    host: str = Field("127.0.0.1", description="The address to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8080, description="The port to listen on; 0 takes a free one")
    secret_key: SecretStr | None = Field(
        None, description="At least 32 characters; several, parted by spaces, for rotation: the first one is used"
    )
    local_workspace: bool = Field(
        default=False, description="Serve the browser workspace, on loopback only: one can act as anyone there"
    )

    public_url: Outside = Field(
        None, description="Under which address this installation is reached from outside, where it is; https"
    )
    command: str = Field("/pilot", description="What people type before a line to the bot, in a channel")
    slack_bot_token: SecretStr | None = Field(None, description="Speaks in Slack for the bot; begins with xoxb-")
    slack_app_token: SecretStr | None = Field(
        None, description="Socket Mode: the bot calls Slack and need not be reached; begins with xapp-"
    )
    slack_signing_secret: SecretStr | None = Field(
        None, description="Proves that it is Slack that posts to /slack/events; needed without an app token"
    )
    slack_api_url: Outside = Field(None, description="Another place for Slack's Web API; https")
    behind_loopback: bool = Field(
        default=False,
        description="For a container: its port is published on the loopback of its host and nowhere else, "
        "so the workspace may be served on every address inside it",
    )
    pager_url: Outside = Field(None, description="Where to post that a patient may be at risk; https")
    pager_secret: SecretStr | None = Field(
        None, description="Signs what is posted to the pager, by Standard Webhooks; begins with whsec_"
    )
    heartbeat_url: Outside = Field(
        None,
        description="Asked for once a minute while all is well, so that a monitor there alarms when it is not; https",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(_SCHEMES):
            message = "it begins with sqlite:/// or postgresql://"
            raise ValueError(message)
        return url

    @field_validator("command")
    @classmethod
    def _is_a_command(cls, command: str) -> str:
        if not _COMMAND.fullmatch(command):
            message = "it is a slash and then up to 31 small letters, digits, - or _: /pilot"
            raise ValueError(message)
        return command

    @field_validator("slack_bot_token", "slack_app_token", "slack_signing_secret")
    @classmethod
    def _one_word(cls, secret: SecretStr | None, about: ValidationInfo) -> SecretStr | None:
        """An empty one is none."""
        if not secret or not secret.get_secret_value().strip():
            return None
        begins = _BEGINS.get(about.field_name or "", "")
        if not secret.get_secret_value().startswith(begins):
            message = f"it begins with {begins}; the app's page at Slack shows it"
            raise ValueError(message)
        return secret

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        keys = secret.get_secret_value().split() if secret else []
        if secret and not (keys and all(len(key) >= SECRET_LENGTH for key in keys)):
            message = f"each key has at least {SECRET_LENGTH} characters; `openssl rand -hex 32` makes one"
            raise ValueError(message)
        return secret

    @field_validator("pager_secret")
    @classmethod
    def _signs_the_pager(cls, secret: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if not secret and not others.data.get("pager_url"):
            return None
        try:
            size = len(_signing_key(secret.get_secret_value())) if secret else 0
        except ValueError:
            size = 0
        if size not in _KEY_BYTES:
            message = (
                "it signs what goes to CHECKBACK_PAGER_URL, and is whsec_ with 24 to 64 bytes in base64; "
                "`echo whsec_$(openssl rand -base64 32)` makes one"
            )
            raise ValueError(message)
        return secret

    @classmethod
    @override
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def keys(self) -> tuple[str, ...]:
        """The secrets, the current one first."""
        return tuple(self.secret_key.get_secret_value().split()) if self.secret_key else ()

    @property
    def on_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite:")

    @property
    def has_pager(self) -> bool:
        return self.pager_url is not None

    @property
    def has_slack(self) -> bool:
        return self.slack_bot_token is not None

    @property
    def pager_key(self) -> bytes:
        """What signs for the pager."""
        return _signing_key(self.pager_secret.get_secret_value()) if self.pager_secret else b""

    @property
    def on_loopback(self) -> bool:
        return self.host in LOOPBACK

    @property
    def keeps_to_itself(self) -> bool:
        """Whether nobody but this machine reaches what is served."""
        return self.on_loopback or self.behind_loopback


def load(**given: object) -> Settings:
    """The settings as they stand. Raises Misconfigured, naming each wrong one and its remedy, never its value."""
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as wrong:
        lines = [
            f"{PREFIX}{'_'.join(map(str, error['loc'])).upper()}: {error['msg'].removeprefix('Value error, ')}"
            for error in wrong.errors(include_url=False, include_input=False, include_context=False)
        ]
        message = "Wrong setting. " + "; ".join(lines) + ". Mend it in the environment or in checkback.toml."
        raise Misconfigured(message) from None
    except ValueError as wrong:
        message = f"{FILE} cannot be read: {wrong}. Mend it or move it away."
        raise Misconfigured(message) from None
