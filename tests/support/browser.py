"""Chromium for tests, and what every page promises: accessible, by keyboard, at 200 %."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from tests.support.machine import CHROMIUM

PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")


@contextmanager
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()


def accessible(page: Page) -> None:
    """No violation of WCAG 2.2 AA that axe-core finds in the page as it is now."""
    # `evaluate` rather than a script element, which the page's own policy would refuse.
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text())
    # axe leaves the size of targets out unless asked.
    options = {"runOnly": list(WCAG), "rules": {"target-size": {"enabled": True}}}
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    assert found["passes"], "axe looked at nothing"
    violations = "\n\n".join(_legible(violation) for violation in found["violations"])
    assert violations == "", f"{page.url}\n\n{violations}"


def _legible(violation: dict[str, Any]) -> str:
    lines = [f"{violation['id']} ({violation['impact']}): {violation['help']}"]
    for node in violation["nodes"]:
        lines += [f"  {node['html'][:200]}", f"    {node['failureSummary']}"]
    return "\n".join(lines)


def tab_stops(page: Page) -> list[str]:
    """What Tab reaches from the top of the page, in order, by role and name.

    Each stop must be seen: in the viewport, with an outline.
    """
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
    stops: list[str] = []
    first: Any = None
    while True:
        page.keyboard.press("Tab")
        here = page.evaluate_handle("document.activeElement")
        stop: dict[str, Any] | None = here.evaluate(_STOP, first)
        if stop is None or len(stops) == 200:
            return stops
        assert stop["seen"], f"the focus cannot be seen on: {stop['name']}"
        stops.append(stop["name"])
        first = first or here


_STOP = """(stop, first) => {
    if (stop === document.body || stop === first) return null
    const box = stop.getBoundingClientRect(), style = getComputedStyle(stop)
    const name = stop.getAttribute("aria-label") || stop.labels?.[0]?.textContent
        || stop.textContent || stop.value || stop.id
    return {
        name: `${stop.tagName.toLowerCase()} ${name.trim().replace(/\\s+/g, " ")}`,
        seen: box.width > 0 && box.bottom > 0 && box.top < innerHeight
            && style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
    }
}"""


def zoomed(page: Page, width: int = 1280, height: int = 800) -> None:
    """As a desktop window at 200 %: half as many CSS pixels each way."""
    page.set_viewport_size({"width": width // 2, "height": height // 2})


def sideways(page: Page, within: str = "body") -> list[str]:
    """What reaches over the right edge, whether or not it can be scrolled to."""
    over: list[str] = page.evaluate(
        """within => [document.body, ...document.querySelectorAll(`${within} *`)]
            .filter((each) => each.getBoundingClientRect().right > innerWidth + 1
                || document.documentElement.scrollWidth > innerWidth)
            .map((each) => `${each.tagName}.${each.className}`)""",
        within,
    )
    return over
