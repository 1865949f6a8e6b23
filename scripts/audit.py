"""`make audit`: known weaknesses of the packages in requirements.lock, by pip-audit.

Who asked nothing must not say that all is well: where the advisory service was not reached, or did
not know a package, that is said, and is no pass. The end: 0 all audited and nothing known, 1
something is known, 3 not audited, or not all.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCK = Path("requirements.lock")
PASSED, WEAK, NOT_AUDITED = 0, 1, 3
WITHIN_S = 300
COMMAND = (
    sys.executable, "-m", "pip_audit", "--requirement", str(LOCK), "--no-deps", "--disable-pip",
    "--format", "json", "--progress-spinner", "off", "--vulnerability-service", "osv",
    "--timeout", "5",
)  # fmt: skip


@dataclass(frozen=True)
class Audit:
    locked: int
    audited: int
    weak: Sequence[str]
    """Package, version and the advisory's name."""
    reason: str = ""

    @property
    def status(self) -> int:
        if self.weak:
            return WEAK
        return PASSED if self.locked and self.audited == self.locked else NOT_AUDITED

    def __str__(self) -> str:
        lines = [f"{one}: a weakness is known" for one in self.weak]
        if self.audited < self.locked or not self.locked:
            why = f" ({self.reason})" if self.reason else ""
            left = self.locked - self.audited
            lines.append(f"NOT AUDITED: {left} of {self.locked} packages{why}")
        if self.audited:
            lines.append(f"audited: {self.audited} of {self.locked} packages")
        return "\n".join(lines)


def read(output: str, errors: str, locked: int) -> Audit:
    """What pip-audit printed; nothing where it could not ask."""
    try:
        told: Mapping[str, Any] = json.loads(output)
        packages = told["dependencies"]
    except (ValueError, KeyError, TypeError):
        last = errors.strip().splitlines()[-1:] or ["no output"]
        return Audit(locked, 0, (), last[0].partition("(")[0].strip()[:120])
    asked = [one for one in packages if "skip_reason" not in one]
    weak = [f"{p['name']} {p['version']} {v['id']}" for p in asked for v in p.get("vulns", ())]
    skipped = len(packages) - len(asked)
    reason = f"{skipped} unknown to the advisory service" if skipped else ""
    return Audit(locked, min(len(asked), locked), weak, reason)


def packages_in(lock: str) -> int:
    return sum("==" in line and not line.startswith((" ", "#")) for line in lock.splitlines())


def audit() -> Audit:
    locked = packages_in(LOCK.read_text())
    try:
        done = subprocess.run(  # noqa: S603 (words of ours)
            COMMAND, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Audit(locked, 0, (), type(error).__name__)
    return read(done.stdout, done.stderr, locked)


if __name__ == "__main__":
    found = audit()
    print(found)
    sys.exit(found.status)
