"""The container files: what must hold of them, without an engine to run them."""

import re
import shlex
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from dockerfile_parse import DockerfileParser

from bot.settings import Settings

ROOT = Path(__file__).parent.parent
INSIDE = ("/metrics", "/healthz", "/readyz")


@pytest.fixture(scope="module")
def stages() -> list[list[dict[str, str]]]:
    """The instructions of the Dockerfile, stage by stage."""
    parser = DockerfileParser(path=str(ROOT / "Dockerfile"), cache_content=True)
    found: list[list[dict[str, str]]] = []
    for one in parser.structure:
        if one["instruction"] == "FROM":
            found.append([])
        if one["instruction"] != "COMMENT":
            found[-1].append(one)
    return found


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The services as written."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return read


def values(stage: list[dict[str, str]], instruction: str) -> list[str]:
    return [one["value"] for one in stage if one["instruction"] == instruction]


def test_the_image_installs_by_hash_and_keeps_nothing_to_build_with(
    stages: list[list[dict[str, str]]],
) -> None:
    build, last = stages
    installs = [run for run in values(build, "RUN") if "pip install" in run]
    assert "--require-hashes" in installs[0]
    assert "--no-deps" in installs[1]
    assert "--no-index" in installs[1]
    assert "pip uninstall --yes setuptools pip" in installs[-1]
    assert "pip uninstall" in values(last, "RUN")[0]
    assert not re.search(r"apt|curl|wget|gcc|pip install", " ".join(values(last, "RUN")))
    assert values(last, "COPY") == ["--from=build /venv /venv"]


def test_the_image_runs_as_nobody_in_particular(stages: list[list[dict[str, str]]]) -> None:
    last = stages[-1]
    assert values(last, "USER") == ["10001"]
    order = [one["instruction"] for one in last]
    assert order.index("RUN") < order.index("USER") < order.index("ENTRYPOINT")
    assert values(last, "STOPSIGNAL") == ["SIGTERM"]
    assert values(last, "ENTRYPOINT") == ['["lindung"]'], "the bot itself gets the signal, no shell"


def test_the_image_asks_its_own_health_where_it_listens(
    stages: list[list[dict[str, str]]], compose: dict[str, Any]
) -> None:
    last = stages[-1]
    port = values(last, "EXPOSE")[0]
    assert f"http://127.0.0.1:{port}/healthz" in values(last, "HEALTHCHECK")[0]
    environment = dict(part.split("=", 1) for part in shlex.split(values(last, "ENV")[0]))
    assert environment["WEBHOOK_LISTEN"].endswith(f":{port}")
    assert {name.lower() for name in environment} & set(Settings.model_fields)
    bot = compose["services"]["bot"]
    assert bot["environment"]["WEBHOOK_LISTEN"] == environment["WEBHOOK_LISTEN"]
    assert f"http://127.0.0.1:{port}/healthz" in bot["healthcheck"]["test"][-1]
    assert f"port {port}" in (ROOT / "deploy/Caddyfile").read_text()


def test_the_image_takes_every_room_and_no_secret(stages: list[list[dict[str, str]]]) -> None:
    copied = {word for value in values(stages[0], "COPY") for word in value.split()[:-1]}
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert lines[1] == "*"
    let_in = {line[1:] for line in lines if line.startswith("!")}
    assert copied == let_in
    pyproject = (ROOT / "pyproject.toml").read_text()
    packages = re.search(r"^packages = \[(.*)\]$", pyproject, re.MULTILINE)
    assert packages
    rooms = {name.split(".")[0] for name in re.findall(r'"([\w.]+)"', packages[1])}
    assert rooms <= copied
    assert "**/.env" in lines


def test_no_word_of_a_secret_stands_in_the_files(compose: dict[str, Any]) -> None:
    said = "".join((ROOT / name).read_text() for name in ("Dockerfile", "compose.yaml"))
    assert not re.search(r"(TOKEN|SECRET|PASSWORD|KEYS)\s*[:=]", said)
    examples = sorted(path.name for path in (ROOT / "deploy").glob("*.env*"))
    assert [name for name in examples if not name.endswith(".example")] == []
    assert not re.search(r"PASSWORD=.", (ROOT / "deploy/postgres.env.example").read_text())
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for service in compose["services"].values():
        if file := service.get("env_file"):
            assert any(fnmatch(f"/{file}", f"/{line.lstrip('/')}") for line in ignored), file


def test_many_bots_stand_behind_one_door(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["bot"]["deploy"]["replicas"] >= 2
    assert [name for name, one in services.items() if "ports" in one] == ["proxy"]
    assert services["proxy"]["ports"] == ["80:80", "443:443"]
    assert compose["networks"]["inside"] == {"internal": True}
    assert services["db"]["networks"] == services["redis"]["networks"] == ["inside"]


def test_the_schema_comes_before_the_bots(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["migrate"]["command"] == ["migrate"]
    assert services["migrate"]["restart"] == "no"
    waits = services["bot"]["depends_on"]
    assert waits["migrate"]["condition"] == "service_completed_successfully"
    assert waits["db"]["condition"] == "service_healthy"


def test_a_bot_has_the_time_to_end_its_turns(compose: dict[str, Any]) -> None:
    bot = compose["services"]["bot"]
    assert (bot["stop_signal"], bot["stop_grace_period"]) == ("SIGTERM", "15s")


def test_redis_holds_only_what_may_vanish(compose: dict[str, Any]) -> None:
    command = compose["services"]["redis"]["command"]
    given = dict(zip(command[1::2], command[2::2], strict=True))
    assert given["--save"] == ""
    assert given["--appendonly"] == "no"
    assert given["--maxmemory"] == "64mb"
    assert given["--maxmemory-policy"] == "volatile-ttl"


def test_every_service_is_bounded_and_may_do_little(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert "mem_limit" in service, name
        assert service["logging"]["options"]["max-size"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert "healthcheck" in service or name == "proxy", name
    for name in ("bot", "migrate"):
        assert compose["services"][name]["read_only"] is True
        assert compose["services"][name]["cap_drop"] == ["ALL"]


def test_the_door_hands_on_what_telegram_brings_alone() -> None:
    door = (ROOT / "deploy/Caddyfile").read_text()
    inside = re.search(r"@inside path (.*)\n\thandle @inside \{\n\t\trespond 404", door)
    assert inside
    assert inside[1].split() == [f"{path}*" for path in INSIDE]
    assert door.index("handle @inside") < door.index("reverse_proxy")
    assert "method POST" in door
    assert "max_size 1MB" in door
    assert "admin off" in door
