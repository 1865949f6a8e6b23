"""What pip-audit printed, and what is made of it: asking nothing is never a pass."""

from __future__ import annotations

import json

import pytest

from scripts.audit import LOCK, NOT_AUDITED, PASSED, WEAK, Audit, packages_in, read

FOUND = {"name": "yarl", "version": "1.25.1", "vulns": []}
SKIPPED = {
    "name": "typer",
    "skip_reason": "Dependency not found on PyPI and could not be audited: typer (0.29.2)",
}
ADVISORY = {"id": "PYSEC-2024-1", "fix_versions": ["2.0"], "aliases": [], "description": "…"}
BAD = {"name": "jinja2", "version": "3.1.0", "vulns": [ADVISORY]}
UNREACHED = """Traceback (most recent call last):
  File "pip_audit/_service/osv.py", line 70, in query
requests.exceptions.ConnectionError: HTTPSConnectionPool(host='advisories.example', port=443)
"""


@pytest.mark.parametrize(
    ("output", "errors", "locked", "status", "said"),
    [
        ([FOUND, FOUND], "", 2, PASSED, "audited: 2 of 2 packages"),
        (
            [FOUND, SKIPPED],
            "",
            2,
            NOT_AUDITED,
            "NOT AUDITED: 1 of 2 packages (1 unknown to the advisory service)\n"
            "audited: 1 of 2 packages",
        ),
        (
            [SKIPPED, SKIPPED],
            "",
            2,
            NOT_AUDITED,
            "NOT AUDITED: 2 of 2 packages (2 unknown to the advisory service)",
        ),
        ([], "No known vulnerabilities found", 2, NOT_AUDITED, "NOT AUDITED: 2 of 2 packages"),
        (
            [FOUND, BAD],
            "",
            2,
            WEAK,
            "jinja2 3.1.0 PYSEC-2024-1: a weakness is known\naudited: 2 of 2 packages",
        ),
    ],
    ids=["all", "not all", "none known", "none asked", "weak"],
)
def test_what_was_not_asked_is_said(
    output: list[object], errors: str, locked: int, status: int, said: str
) -> None:
    found = read(json.dumps({"dependencies": output, "fixes": []}), errors, locked)
    assert (found.status, str(found)) == (status, said)


@pytest.mark.parametrize("errors", [UNREACHED, "", "ERROR:pip_audit._cli:timed out"])
@pytest.mark.parametrize("output", ["", "null", "{}", "No known vulnerabilities found"])
def test_a_service_that_is_not_reached_is_no_pass(output: str, errors: str) -> None:
    found = read(output, errors, 2)
    assert found.status == NOT_AUDITED
    assert str(found).startswith("NOT AUDITED: 2 of 2 packages (")


def test_the_lock_is_what_is_audited() -> None:
    assert packages_in(LOCK.read_text()) > 50
    assert Audit(0, 0, ()).status == NOT_AUDITED
