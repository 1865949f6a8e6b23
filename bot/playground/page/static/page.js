// What HTML and htmx leave to a script: the page follows the workspace, and the clock ticks.
"use strict";

// --- Swapping by patching: what the server did not change is left alone, and with it whatever
// somebody is typing there, has scrolled to or has the focus on.

const BROWSERS_OWN = new Set(["open", "hidden"]); // state of ours that the server never sends

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

const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 40;
const toEnd = (list) => (list.scrollTop = list.scrollHeight);

function shown() {
  for (const dialog of document.querySelectorAll("dialog:not([open])")) {
    dialog.showModal();
    const first = ".inside :is(input, select, textarea), footer button";
    (dialog.querySelector("[autofocus]") ?? dialog.querySelector(first)).focus();
  }
  tick();
}

// --- Following the workspace. A hidden page lets go: a browser has six connections to a host.

let feed = null;

function follow() {
  if (document.hidden) {
    feed?.close();
    feed = null;
  } else if (!feed) {
    feed = new EventSource("/page/changes?after=" + document.body.dataset.after);
    feed.onmessage = ({ data }) => {
      document.body.dataset.after = data;
      htmx.trigger("#page", "refresh");
    };
    feed.onopen = () => document.body.classList.remove("lost");
    feed.onerror = () => document.body.classList.add("lost");
  }
}

document.addEventListener("visibilitychange", follow);

// --- The clock of the event, between two words from the server.

let anchor = { moment: "", at: 0 };

function tick() {
  const clock = document.getElementById("clock");
  const { moment, speed, zone } = clock.dataset;
  if (anchor.moment !== moment) anchor = { moment, at: performance.now() };
  const now = new Date(Date.parse(moment) + (performance.now() - anchor.at) * Number(speed));
  const french = document.documentElement.lang === "fr";
  const written = (options) =>
    new Intl.DateTimeFormat(french ? "fr-FR" : "en-GB", { timeZone: zone, ...options });
  const parts = written({ hour: "numeric", minute: "2-digit", hour12: false }).formatToParts(now);
  const [hour, minute] = ["hour", "minute"].map((type) => parts.find((p) => p.type === type).value);
  const time = french ? `${Number(hour)}\u00a0h\u00a0${minute}` : `${hour}:${minute}`;
  say(clock.querySelector("time"), time);
  say(clock.querySelector(".date"), written({ weekday: "long", day: "numeric", month: "long" }).format(now));
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// --- Small comforts.

document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  if (!event.target.matches(".composer textarea")) return;
  event.preventDefault();
  if (event.target.value.trim()) event.target.form.requestSubmit();
});

// What is sent leaves the box at once: what is typed meanwhile is the next message. htmx confirms
// a request that it queued a second time, with the same `etc`, when its turn comes.
document.addEventListener("htmx:confirm", ({ detail: { elt, etc } }) => {
  if (!elt.matches(".composer") || etc.values) return;
  etc.values = { text: elt.elements.text.value };
  elt.elements.text.value = "";
});

document.addEventListener("htmx:afterRequest", ({ detail: { elt, etc, successful } }) => {
  if (elt.matches(".composer") && !successful) elt.elements.text.value ||= etc.values.text;
  if (elt.matches(".picker")) for (const menu of elt.querySelectorAll("[data-once]")) menu.value = "";
});

document.addEventListener("htmx:afterSettle", ({ detail: { requestConfig } }) => {
  if (requestConfig?.path === "/page/submit") document.querySelector("dialog [aria-invalid]")?.focus();
});

// Escape closes a modal through the server, which knows what lies below it.
document.addEventListener("cancel", (event) => {
  if (!event.target.matches("dialog")) return;
  event.preventDefault();
  event.target.querySelector("[data-dismiss]").click();
}, true);

document.addEventListener("click", (event) => {
  const words = event.target.closest("[data-confirm]")?.dataset.confirm;
  if (words && !confirm(words)) event.preventDefault();
}, true);

// Slack tells the app of a button that opens a page, too.
document.addEventListener("click", ({ target }) => {
  const link = target.closest("a[hx-post]");
  if (link) htmx.trigger(link, "followed");
});

// A menu is open until something is chosen, in it or elsewhere.
document.addEventListener("click", ({ target }) => {
  const own = target.closest(".menu summary")?.parentElement;
  for (const menu of document.querySelectorAll(".menu[open]")) if (menu !== own) menu.open = false;
});

document.addEventListener("input", ({ target }) => {
  if (!target.dataset.filters) return;
  const words = target.value.toLocaleLowerCase().split(/\s+/);
  for (const item of document.getElementById(target.dataset.filters).children)
    item.hidden = !words.every((word) => item.dataset.words.toLocaleLowerCase().includes(word));
});

// --- A word of welcome, until this browser has been told once. Without storage, at each visit.

function welcomed(told) {
  try {
    if (told) localStorage.setItem("welcomed", "1");
    return localStorage.getItem("welcomed") !== null;
  } catch {
    return Boolean(told);
  }
}

function welcome(told) {
  const line = document.getElementById("welcome");
  if (line) line.hidden = welcomed(told);
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("#welcome button")) return;
  welcome(true);
  document.getElementById("middle").focus();
});

welcome();
document.querySelectorAll("[data-sticks]").forEach(toEnd);
shown();
follow();
setInterval(tick, 200);
