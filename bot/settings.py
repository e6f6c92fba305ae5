"""Settings: the environment (`CHECKBACK_…`), then `checkback.toml`, then the defaults. Read once, passed down."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource
from typing_extensions import override

from bot.errors import Misconfigured

PREFIX = "CHECKBACK_"
FILE = Path("checkback.toml")
SECRET_LENGTH = 32
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_SCHEMES = ("sqlite:///", "postgresql://")


class Settings(BaseSettings):
    """Each has a default that is safe; `serve` alone demands a secret."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, toml_file=FILE, extra="forbid", frozen=True)

    database_url: str = Field("sqlite:///data/checkback.db", description="Where everything is kept: sqlite:///FILE")
    host: str = Field("127.0.0.1", description="The address to listen on")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8080, description="The port to listen on; 0 takes a free one")
    secret_key: SecretStr | None = Field(
        None, description="At least 32 characters; several, parted by spaces, for rotation: the first one is used"
    )
    local_workspace: bool = Field(
        default=False, description="Serve the browser workspace, on loopback only: one can act as anyone there"
    )

    behind_loopback: bool = Field(
        default=False,
        description="For a container: its port is published on the loopback of its host and nowhere else, "
        "so the workspace may be served on every address inside it",
    )

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(_SCHEMES):
            message = "it begins with sqlite:/// or postgresql://"
            raise ValueError(message)
        return url

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        keys = secret.get_secret_value().split() if secret else []
        if secret and not (keys and all(len(key) >= SECRET_LENGTH for key in keys)):
            message = f"each key has at least {SECRET_LENGTH} characters; `openssl rand -hex 32` makes one"
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
