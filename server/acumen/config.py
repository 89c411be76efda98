"""Configuration from flags, environment and a TOML file, strongest first; all mistakes are reported at once."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    CliSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
    TomlConfigSettingsSource,
)

PREFIX = "ACUMEN_"
# Variables of the same prefix that other parts of the product read.
FOREIGN = {
    "ACUMEN_ACCEL",
    "ACUMEN_ADDRESS",
    "ACUMEN_CONFIG",
    "ACUMEN_FAILPOINT",
    "ACUMEN_SUPERVISOR",
    "ACUMEN_WORKER",
}
MIB = 1 << 20


class ConfigError(Exception):
    """The configuration has mistakes; the text lists every one."""


def default_socket() -> Path:
    """Return where a client looks first: the user's runtime folder, else a folder of the user's own under /tmp."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime, "acumen", "acumen.sock") if runtime else Path(f"/tmp/acumen-{os.getuid()}/acumen.sock")  # noqa: S108 (made with mode 0700)


def default_data_dir() -> Path:
    """Return the user's state folder for Acumen."""
    state = os.environ.get("XDG_STATE_HOME")
    return Path(state, "acumen") if state else Path.home() / ".local" / "state" / "acumen"


class Settings(BaseSettings):
    """Everything an operator can set; `--help` prints this list."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="forbid", frozen=True, cli_kebab_case=True, cli_prog_name="acumend"
    )

    socket: Path | Literal[""] = Field(default_factory=default_socket, description="Unix socket; empty: none")
    tcp: str = Field("127.0.0.1:7421", description="TCP address host:port; empty: none")
    metrics: str = Field("127.0.0.1:7422", description="Prometheus address host:port (worker i adds i); empty: none")
    data_dir: Path = Field(default_factory=default_data_dir, description="folder of the journal")
    workers: Annotated[int, Field(ge=1, le=64, description="processes that serve together")] = 1
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="least level that is logged")
    log_format: Literal["json", "console"] = Field("json", description="how events are written")
    max_message_bytes: Annotated[int, Field(ge=64 * 1024, le=256 * MIB, description="largest message either way")] = (
        16 * MIB
    )
    max_in_flight: Annotated[int, Field(ge=1, le=100_000, description="unary calls worked on at once")] = 1024
    max_streams: Annotated[int, Field(ge=1, le=100_000, description="streams open at once")] = 1024
    default_deadline_ms: Annotated[int, Field(ge=1, le=3_600_000, description="for unary calls that set none")] = 30_000
    stream_idle_ms: Annotated[int, Field(ge=100, le=86_400_000, description="a silent stream ends after")] = 300_000
    drain_grace_ms: Annotated[int, Field(ge=0, le=600_000, description="how long a stop waits for calls")] = 10_000
    threads: Annotated[int, Field(ge=1, le=64, description="threads for work over a millisecond")] = 2
    kernels: Literal["auto", "v4", "v3", "v2", "python"] = Field("auto", description="build of the compute kernels")
    batch_window_ms: Annotated[float, Field(ge=0, le=10, description="how long a Predict waits for company")] = 0.0
    model_cache: bool = Field(True, description="keep loaded models; off: load for every call")
    model_cache_size: Annotated[int, Field(ge=1, le=10_000, description="most models in memory")] = 100
    model_cache_bytes: Annotated[int, Field(ge=MIB, le=1 << 40, description="most bytes of models in memory")] = (
        512 * MIB
    )
    embedder: Literal["static", "minilm"] = Field(
        "static", description="what texts are embedded with; minilm is slower, more accurate, and installed first"
    )
    max_patterns: Annotated[int, Field(ge=1, le=100_000_000, description="most patterns of a namespace")] = 2_000_000
    snapshot_interval_ms: Annotated[
        int, Field(ge=0, le=86_400_000, description="a snapshot this often, if anything changed; 0: only when asked")
    ] = 300_000
    snapshots_kept: Annotated[int, Field(ge=1, le=1000, description="newest snapshots kept")] = 3
    max_snapshot_bytes: Annotated[int, Field(ge=MIB, le=1 << 40, description="largest snapshot that is uploaded")] = (
        4096 * MIB
    )
    record_buffer: Annotated[int, Field(ge=1, le=10_000_000, description="predictions waiting to be recorded")] = 65_536
    records_kept: Annotated[int, Field(ge=0, le=1_000_000_000, description="newest predictions kept")] = 1_000_000

    @field_validator("tcp", "metrics")
    @classmethod
    def _address(cls, value: str) -> str:
        host, _, port = value.rpartition(":")
        if value and not (host and port.isdigit() and int(port) < 65536):
            raise ValueError(f"'{value}' is not host:port")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources, strongest first; the file is named by ACUMEN_CONFIG."""
        file = TomlConfigSettingsSource(settings_cls, toml_file=os.environ.get("ACUMEN_CONFIG"))
        return init_settings, env_settings, file


def load(arguments: Sequence[str], environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings; raises `ConfigError` with every mistake, exits 0 after `--help`."""
    mistakes = _unknown(environment)
    try:
        given = list(arguments)
        source: CliSettingsSource[object] = CliSettingsSource(Settings, cli_parse_args=given, cli_exit_on_error=False)
        settings = Settings(_cli_settings_source=source)  # type: ignore[call-arg]
        mistakes += _unreachable(settings)
    except ValidationError as error:
        mistakes += [f"{_label(e['loc'])}: {e['msg']}, got {e['input']!r}" for e in error.errors()]
    except SettingsError as error:
        mistakes.append(str(error))
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return settings


def _label(location: Sequence[int | str]) -> str:
    return str(location[0]) if location else "settings"


def _unknown(environment: Mapping[str, str]) -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | FOREIGN
    return [f"{name}: no such setting" for name in sorted(environment) if name.startswith(PREFIX) and name not in known]


def _unreachable(settings: Settings) -> list[str]:
    return [] if settings.socket or settings.tcp else ["socket, tcp: both are empty, nobody could connect"]


def flags(settings: Settings) -> list[str]:
    """Return command-line flags that reproduce the settings, for worker processes."""
    values = settings.model_dump(mode="json")
    return [f"--{name.replace('_', '-')}={value}" for name, value in values.items()]
