// The page that the server sends takes the place of the one that stands, change by change.
"use strict";

// --- Swapping by patching: what the server did not change is left alone, and with it whatever
// somebody is typing there, has scrolled to or has the focus on.

// State of ours that the server never sends.
const BROWSERS_OWN = new Set(["open", "hidden", "style", "inert"]);

function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeType !== Node.ELEMENT_NODE) {
    old.nodeValue = fresh.nodeValue;
    return;
  }
  patchAttributes(old, fresh);
  const kept = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  const wanted = new Set([...fresh.children].map((child) => child.id));
  for (const [id, child] of kept) if (!wanted.has(id)) child.remove();
  let at = old.firstChild;
  for (const next of [...fresh.childNodes]) {
    const same = next.id ? kept.get(next.id) : unnamed(at, next);
    if (next.id) while (at && at !== same && !at.id) at = dropped(at);
    if (same && same === at) at = at.nextSibling;
    else old.insertBefore(same ?? next, at);
    if (same) patch(same, next);
  }
  while (at) at = dropped(at);
}

function unnamed(at, next) {
  return at && !at.id && at.nodeName === next.nodeName ? at : null;
}

function dropped(node) {
  const after = node.nextSibling;
  node.remove();
  return after;
}

function patchAttributes(old, fresh) {
  for (const { name } of [...old.attributes])
    if (!fresh.hasAttribute(name) && !BROWSERS_OWN.has(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes)
    if (old.getAttribute(name) !== value && !BROWSERS_OWN.has(name)) old.setAttribute(name, value);
}

htmx.defineExtension("patch", {
  isInlineSwap: (style) => style === "patch",
  handleSwap: (style, target, fragment) => {
    if (style !== "patch") return false;
    const followed = [...document.querySelectorAll("[data-sticks]")].filter(atEnd);
    patch(target, fragment.firstElementChild);
    followed.forEach(toEnd);
    htmx.process(target); // before anybody types: it would itself do so a moment later
    shown();
    return [target];
  },
});

// What asked may have left the page before the answer came, and with it all that it inherited
// from the body, how to swap included. Then the page is simply asked for again.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asked = detail.requestConfig.triggeringEvent?.target;
  if (asked?.isConnected !== false) return;
  detail.shouldSwap = false;
  htmx.trigger("#page", "refresh");
});
