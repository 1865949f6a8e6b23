"""`deploy/` and the files for containers agree with the code and with the docs."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from bot.settings import Settings
from tests.support.machine import ROOT
from tests.test_docs import COMMANDS, anchors, rows_of

ALERTS = ROOT / "deploy" / "prometheus" / "alerts.yaml"
PLAYED = ROOT / "deploy" / "prometheus" / "alerts.test.yaml"
DASHBOARD = ROOT / "deploy" / "grafana" / "maillon.json"
UNIT = ROOT / "deploy" / "maillon.service"
LOCK = ROOT / "deploy" / "requirements.lock"
STOP_WITHIN_S = Settings.model_fields["maillon_stop_within"].default
PROMETHEUS_OWN = {"up", "process_resident_memory_bytes", "process_cpu_seconds_total"}
_NAME = re.compile(r"\b(?:maillon|process)_[a-z_]+\b|\bup(?=\{)")
"""Metrics in an expression; labels of ours are shorter."""


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def exported() -> set[str]:
    """Names under which samples of ours are scraped."""
    names = set(PROMETHEUS_OWN)
    for metric in REGISTRY.collect():
        if metric.name.startswith("maillon_"):
            suffixes = {"counter": ("_total",), "histogram": ("_bucket", "_count", "_sum")}
            names |= {metric.name + suffix for suffix in suffixes.get(metric.type, ("",))}
    return names


def rules() -> list[dict[str, Any]]:
    [group] = yaml.safe_load(text_of(ALERTS))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


# ---------------------------------------------------------------- alerts and dashboard


def test_alerts_are_about_what_is_exported_and_say_what_to_do() -> None:
    runbooks = anchors(ROOT / "docs" / "operating.md")
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        used = set(_NAME.findall(rule["expr"]))
        assert used, rule["alert"]
        assert used <= exported(), rule["alert"]
        assert rule["labels"]["severity"] in ("page", "warn")
        assert rule["annotations"]["summary"]
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/operating.md"
        assert anchor in runbooks, anchor


def test_every_alert_is_played() -> None:
    played = yaml.safe_load(text_of(PLAYED))
    assert played["rule_files"] == [ALERTS.name]
    good_day, bad_day = played["tests"]
    quiet = {one["alertname"] for one in good_day["alert_rule_test"] if "exp_alerts" not in one}
    assert quiet == {rule["alert"] for rule in rules()}
    [firing, *_] = bad_day["promql_expr_test"]
    assert firing["exp_samples"][0]["value"] == len(rules())
    used = {
        one["series"].partition("{")[0] for day in played["tests"] for one in day["input_series"]
    }
    assert used <= exported()


def test_the_dashboard_shows_what_is_exported() -> None:
    board = json.loads(text_of(DASHBOARD))
    assert board["schemaVersion"] >= 36
    assert {"datasource", "instance"} == {one["name"] for one in board["templating"]["list"]}
    panels = [panel for panel in board["panels"] if panel["type"] != "row"]
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    shown = set()
    for panel in panels:
        assert panel["title"]
        assert panel["datasource"]["uid"] == "${datasource}"
        assert panel["targets"], panel["title"]
        for target in panel["targets"]:
            used = set(_NAME.findall(target["expr"]))
            assert used, target["expr"]
            assert used <= exported(), panel["title"]
            shown |= used
    watched = shown | {name for rule in rules() for name in _NAME.findall(rule["expr"])}
    ours = {name for name in rows_of("docs/operating.md") if name.startswith("maillon_")}
    assert {name for name in ours if not any(one.startswith(name) for one in watched)} == set()


def test_panels_do_not_lie_on_one_another() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(text_of(DASHBOARD))["panels"]:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        cells = {
            (at["x"] + right, at["y"] + down) for right in range(at["w"]) for down in range(at["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells


# ---------------------------------------------------------------- systemd


def unit() -> dict[str, dict[str, str]]:
    parsed = RawConfigParser(strict=False, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment, method-assign]
    parsed.read(UNIT)
    return {name: dict(parsed[name]) for name in parsed.sections()}


def test_the_unit_runs_what_there_is_and_waits_long_enough() -> None:
    service = unit()["Service"]
    for name in ("ExecStartPre", "ExecStart"):
        program, command = service[name].split()
        assert program == "/opt/maillon/.venv/bin/maillon"
        assert command in COMMANDS
    assert float(service["TimeoutStopSec"]) > STOP_WITHIN_S
    assert service["User"] == "maillon"
    hardened = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "CapabilityBoundingSet": ""}
    assert hardened.items() <= service.items()


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd is not installed: no unit is verified"
)
def test_systemd_knows_every_line_of_the_unit(tmp_path: Path) -> None:
    """Program and user are those of the machine it is verified on."""
    here = text_of(UNIT).replace("/opt/maillon/.venv/bin/maillon", sys.executable)
    copy = tmp_path / UNIT.name
    copy.write_text(re.sub(r"^(User|Group)=maillon$", r"\1=root", here, flags=re.MULTILINE))
    done = subprocess.run(["systemd-analyze", "verify", copy], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


# ---------------------------------------------------------------- containers


def instructions() -> Iterator[tuple[str, str]]:
    text = re.sub(r"^#.*\n", "", text_of(ROOT / "Containerfile"), flags=re.MULTILINE)
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.partition(" ")
            yield name, rest.strip()


def test_the_image_runs_as_nobody_in_particular_from_what_is_pinned() -> None:
    steps = list(instructions())
    bases = {rest.split()[0] for name, rest in steps if name == "FROM"}
    assert bases == {"python:3.11-slim-bookworm"}
    [install] = [rest for name, rest in steps if name == "RUN" and "pip install" in rest]
    assert {"--require-hashes", "--only-binary"} <= set(shlex.split(install))
    assert "://" not in " ".join(rest for name, rest in steps if name != "HEALTHCHECK")
    last = [name for name, _ in steps]
    assert dict(steps)["USER"] == "10001"
    assert last.index("USER") < last.index("ENTRYPOINT")
    assert "RUN" not in last[last.index("USER") :]
    probe = json.loads(dict(steps)["HEALTHCHECK"].partition("CMD ")[2])
    compile(probe[2], "HEALTHCHECK", "exec")
    assert json.loads(dict(steps)["CMD"])[0] in COMMANDS


def test_what_is_copied_into_the_image_is_enough(tmp_path: Path) -> None:
    """The copying and compiling steps run here, in a folder of their own; then a command."""
    for name, rest in instructions():
        if name == "COPY" and not rest.startswith("--from"):
            source, target = rest.split()
            within = tmp_path / target.removeprefix("/")
            within.parent.mkdir(parents=True, exist_ok=True)
            found = ROOT / source
            copy = shutil.copytree if found.is_dir() else shutil.copy
            copy(found, within)
            assert f"!{source}\n" in text_of(ROOT / ".containerignore")
        if name == "RUN" and "compileall" in rest:
            words = shlex.split(rest.replace("/app", str(tmp_path / "app")))
            subprocess.run([sys.executable, *words[1:]], check=True)
    data = tmp_path / "data"
    data.mkdir()
    inside = {"PATH": os.environ["PATH"], "PYTHONPATH": str(tmp_path / "app"), "LC_ALL": "C"}
    run = [sys.executable, "-m", "bot"]
    subprocess.run([*run, "migrate"], cwd=data, env=inside, check=True, capture_output=True)
    assert (data / "maillon.db").is_file()


def pinned(path: Path) -> dict[str, set[str]]:
    """Versions by name; there may be one for each Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==(\S+)", text_of(path), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


def test_the_image_installs_the_versions_that_are_tested() -> None:
    tested, installed = pinned(ROOT / "requirements.lock"), pinned(LOCK)
    assert all(versions <= tested[name] for name, versions in installed.items())
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]
    needed = {re.split(r"[\[<>=~]", one)[0].lower() for one in project["dependencies"]}
    assert needed <= installed.keys()
    assert "pytest" not in installed
    assert "://" not in text_of(LOCK)


def test_compose_hardens_what_it_runs() -> None:
    composed = yaml.safe_load(text_of(ROOT / "compose.yaml"))
    services = composed["services"]
    assert services.keys() == {"database", "migrate", "bot"}
    for name, service in services.items():
        assert service["read_only"] is True, name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "/tmp" in service["tmpfs"], name
        assert not {"privileged", "cap_add", "network_mode", "pid"} & service.keys(), name
        for volume in service["volumes"]:
            assert volume.partition(":")[0] in composed["volumes"], name
    assert int(services["database"]["image"].removeprefix("postgres:").partition("-")[0]) >= 16
    assert services["database"]["healthcheck"]["test"][1] == "pg_isready"
    for name in ("migrate", "bot"):
        set_there = {one.lower() for one in services[name]["environment"]} - {"pgpassword"}
        assert set_there <= Settings.model_fields.keys()
        assert services[name]["command"][0] in COMMANDS
        assert services[name]["env_file"] == [".env"]
    assert services["bot"]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert float(services["bot"]["stop_grace_period"].removesuffix("s")) > STOP_WITHIN_S
    words = text_of(ROOT / "compose.yaml")
    assert words.count("${POSTGRES_PASSWORD:?") == 2
    assert not re.search(r"xox|xapp", words)
