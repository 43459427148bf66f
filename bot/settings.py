"""Settings from the environment or `.env`; every one of them stands in `.env.example`."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from rules import quiet_hours


class Settings(BaseSettings):
    """What the operator sets. Defaults run the bot on one machine with SQLite."""

    model_config = SettingsConfigDict(env_file=".env", env_ignore_empty=True, extra="ignore")

    bot_token: SecretStr = SecretStr("")
    telegram_base_url: str = "https://api.telegram.org/bot"
    telegram_file_base_url: str = "https://api.telegram.org/file/bot"
    database_url: str = ""
    redis_url: str = ""
    lindung_home: Path = Path("data")
    lindung_keys: SecretStr = SecretStr("")
    lindung_programmes: Path | None = None
    operator_name: str = "pengelola bot ini"
    operator_contact: str = "kantor desa"
    operator_chat_id: int | None = None
    quiet_hours: str = "21-7"
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$")
    log_format: str = Field(default="text", pattern="^(text|json)$")
    webhook_url: str = ""
    webhook_listen: str = Field(default="", pattern=r"^$|^\S+:\d{1,5}$")
    webhook_secret: SecretStr = SecretStr("")

    @field_validator("telegram_base_url", "telegram_file_base_url", "webhook_url")
    @classmethod
    def _secure(cls, url: str) -> str:
        address = urlsplit(url)
        if not url:
            return url
        on_this_machine = address.hostname in ("127.0.0.1", "localhost", "::1")
        if address.scheme != "https" and not (address.scheme == "http" and on_this_machine):
            raise ValueError("must begin with https://; plain http only for this machine")
        return url

    @field_validator("quiet_hours")
    @classmethod
    def _hours(cls, text: str) -> str:
        quiet_hours.read(text)
        return text

    @property
    def database(self) -> str:
        """The address of the database: as set, else one SQLite file in the data folder."""
        return self.database_url or f"sqlite:///{self.lindung_home / 'lindung.db'}"


class GivenSettings(Settings):
    """Settings from their arguments alone: the demo and the tests read nothing of the machine's."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Take the arguments only."""
        return (init_settings,)
