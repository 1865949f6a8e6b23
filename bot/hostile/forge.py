"""Requests that Slack did not sign, or not so, or not now; and bodies too large to be read."""

from __future__ import annotations

import gzip
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from bot.hostile.mutate import Mutator, Sent
from bot.platforms.slack.incoming import FORM
from bot.web.incoming import FRESH_S, MAX_EVENT

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"


@dataclass(frozen=True)
class Forged:
    why: str
    headers: Mapping[str, str]
    chunks: Sequence[bytes]
    expected: tuple[int, ...] = (401,)


class Signer:
    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def headers(
        self,
        sent: Sent,
        at: str | None = None,
        secret: bytes | None = None,
        algorithm: str = "sha256",
    ) -> dict[str, str]:
        stamp = str(int(time.time())) if at is None else at
        base = b"v0:" + stamp.encode("utf-8") + b":" + sent.body
        digest = hmac.new(self._secret if secret is None else secret, base, algorithm).hexdigest()
        return {STAMP: stamp, SIGNATURE: f"v0={digest}", "Content-Type": sent.content_type}


class Forger:
    def __init__(self, mutator: Mutator, signer: Signer, seed: int) -> None:
        self._mutator, self._signer = mutator, signer
        self._chance = Random(seed)  # noqa: S311 (repeatable on purpose)
        self._ways: tuple[Callable[[Sent, dict[str, str]], Forged], ...] = (
            self._of_another_secret, self._unsigned, self._unstamped, self._truncated,
            self._lengthened, self._one_bit, self._replayed, self._from_the_future, self._no_stamp,
            self._another_algorithm, self._unkeyed, self._another_version, self._changed_after,
            self._zipped, self._not_ascii, self._ssl_check, self._lazy, self._twice,
        )  # fmt: skip

    def next(self) -> Forged:
        if self._chance.random() < 0.01:
            return self._too_large()
        sent = self._mutator.recorded() if self._chance.random() < 0.7 else self._mutator.next()
        return self._chance.choice(self._ways)(sent, self._signer.headers(sent))

    def _of_another_secret(self, sent: Sent, headers: dict[str, str]) -> Forged:
        other = self._chance.choice((b"playground", b"", b"v0", b"\0" * 32))
        return Forged("secret", self._signer.headers(sent, secret=other), [sent.body])

    def _unsigned(self, sent: Sent, headers: dict[str, str]) -> Forged:
        del headers[SIGNATURE]
        return Forged("unsigned", headers, [sent.body])

    def _unstamped(self, sent: Sent, headers: dict[str, str]) -> Forged:
        del headers[STAMP]
        return Forged("unstamped", headers, [sent.body])

    def _truncated(self, sent: Sent, headers: dict[str, str]) -> Forged:
        length = self._chance.choice((0, 1, 3, 10, 35, 66))
        headers[SIGNATURE] = headers[SIGNATURE][:length]
        return Forged("truncated", headers, [sent.body])

    def _lengthened(self, sent: Sent, headers: dict[str, str]) -> Forged:
        headers[SIGNATURE] += self._chance.choice(("0", ",v0=0", "x" * 9_000))
        return Forged("lengthened", headers, [sent.body])

    def _one_bit(self, sent: Sent, headers: dict[str, str]) -> Forged:
        mark = headers[SIGNATURE]
        headers[SIGNATURE] = mark[:-1] + ("0" if mark[-1] != "0" else "1")
        return Forged("one_bit", headers, [sent.body])

    def _replayed(self, sent: Sent, headers: dict[str, str]) -> Forged:
        """Signed by Slack itself, and kept."""
        age = self._chance.choice((FRESH_S + 30, 3_600, 86_400 * 365))
        return Forged(
            "replayed", self._signer.headers(sent, str(int(time.time()) - age)), [sent.body]
        )

    def _from_the_future(self, sent: Sent, headers: dict[str, str]) -> Forged:
        later = str(int(time.time()) + FRESH_S + self._chance.choice((30, 10**9, 10**14)))
        return Forged("future", self._signer.headers(sent, later), [sent.body])

    def _no_stamp(self, sent: Sent, headers: dict[str, str]) -> Forged:
        now = int(time.time())
        stamp = self._chance.choice(
            (
                "",
                "now",
                "-1",
                "NaN",
                "1e9",
                f"{now}.0",
                f" {now}",
                f"+{now}",
                "9" * 5_000,
                f"{now:x}",
            )
        )
        return Forged("no_stamp", self._signer.headers(sent, stamp), [sent.body])

    def _another_algorithm(self, sent: Sent, headers: dict[str, str]) -> Forged:
        algorithm = self._chance.choice(("sha1", "md5", "sha512", "sha224"))
        signed = self._signer.headers(sent, algorithm=algorithm)
        return Forged("algorithm", signed, [sent.body])

    def _unkeyed(self, sent: Sent, headers: dict[str, str]) -> Forged:
        base = b"v0:" + headers[STAMP].encode() + b":" + sent.body
        headers[SIGNATURE] = "v0=" + hashlib.sha256(base).hexdigest()
        return Forged("unkeyed", headers, [sent.body])

    def _another_version(self, sent: Sent, headers: dict[str, str]) -> Forged:
        headers[SIGNATURE] = headers[SIGNATURE].replace("v0", self._chance.choice(("v1", "V0", "")))
        return Forged("version", headers, [sent.body])

    def _changed_after(self, sent: Sent, headers: dict[str, str]) -> Forged:
        at = self._chance.randrange(len(sent.body) + 1)
        return Forged("changed", headers, [sent.body[:at], b" ", sent.body[at:] or b" "])

    def _zipped(self, sent: Sent, headers: dict[str, str]) -> Forged:
        headers["Content-Encoding"] = "gzip"
        return Forged("gzip", headers, [gzip.compress(sent.body, 1)])

    def _not_ascii(self, sent: Sent, headers: dict[str, str]) -> Forged:
        headers[SIGNATURE] = "v0=" + "é" * 64
        return Forged("not_ascii", headers, [sent.body])

    def _ssl_check(self, sent: Sent, headers: dict[str, str]) -> Forged:
        """Bolt answers it before it looks at the signature."""
        headers["Content-Type"] = FORM
        return Forged("ssl_check", headers, [b"ssl_check=1&", sent.body])

    def _lazy(self, sent: Sent, headers: dict[str, str]) -> Forged:
        del headers[SIGNATURE]
        lazy = {"X-Slack-Bolt-Lazy-Only": "1", "X-Slack-Bolt-Lazy-Function-Name": "_on_action"}
        return Forged("lazy", headers | lazy, [sent.body])

    def _twice(self, sent: Sent, headers: dict[str, str]) -> Forged:
        headers[SIGNATURE] = f"{headers[SIGNATURE]}, {headers[SIGNATURE]}"
        return Forged("twice", headers, [sent.body])

    def _too_large(self) -> Forged:
        """Signed right: it is refused before anybody could know."""
        piece = b"a" * 65_536
        chunks = [piece] * (MAX_EVENT // len(piece) + 2)
        headers = self._signer.headers(Sent(b"", FORM))
        if self._chance.random() < 0.5:
            headers["Content-Length"] = self._chance.choice((str(MAX_EVENT + 1), "9" * 6_000, "-1"))
        return Forged("oversized", headers, chunks, (413,))
