from __future__ import annotations

from prometheus_client import Counter, Gauge

from bot.delivery.tables import DELETE, EDIT, POST

SENDS = Counter("maillon_sends_total", "Attempts to send, by outcome", ["operation", "outcome"])
for _operation in (POST, EDIT, DELETE):
    for _outcome in ("failed", "not_made"):  # alerts see a first one only where there was a 0
        SENDS.labels(_operation, _outcome)
UNKNOWN_SETTLED = Counter(
    "maillon_unknown_settled_total", "Unknown outcomes that were looked up", ["found"]
)
SKIPPED_TOTAL = Counter("maillon_skipped_total", "Messages that were no longer worth saying")
WAITING = Gauge("maillon_deliveries_in_flight", "Sends of this process that are under way")
