// What HTML and htmx leave to a script: the page follows the workspace, and small comforts.
"use strict";

const atEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 40;
const toEnd = (list) => (list.scrollTop = list.scrollHeight);

let opener = null; // what had the focus before a modal: it has it again afterwards

function shown() {
  if (opener && !document.querySelector("dialog")) returned();
  for (const dialog of document.querySelectorAll("dialog:not([open])")) {
    opener = document.activeElement;
    dialog.showModal();
    const first = ".inside :is(input, select, textarea), footer button";
    (dialog.querySelector("[autofocus]") ?? dialog.querySelector(first)).focus();
  }
  themed();
  placed();
  tick();
}

function returned() {
  const place = opener.isConnected ? opener : document.getElementById("middle");
  opener = null;
  if (document.activeElement === document.body) place.focus();
}

// --- Following the workspace. A hidden page lets go: a browser has six connections to a host. For
// the same reason a pane has none of its own: the page around it passes on what it hears.

let feed = null;
const within = parent !== window && document.querySelector("#page.pane");

function follow() {
  if (within) return;
  if (document.hidden) {
    feed?.close();
    feed = null;
  } else if (!feed) {
    feed = new EventSource("/page/changes?after=" + document.body.dataset.after);
    feed.onmessage = ({ data }) => {
      heard(data);
      for (const pane of document.querySelectorAll("iframe[data-follows]")) passOn(pane);
    };
    feed.onopen = () => document.body.classList.remove("lost");
    feed.onerror = () => document.body.classList.add("lost");
  }
}

function heard(revision) {
  if (document.body.dataset.after === revision) return;
  document.body.dataset.after = revision;
  htmx.trigger("#page", "refresh");
}

function passOn(pane) {
  pane.contentWindow?.postMessage(document.body.dataset.after, location.origin);
}

document.addEventListener("visibilitychange", follow);
addEventListener("message", ({ origin, source, data }) => {
  if (within && origin === location.origin && source === parent) heard(data);
});
document.addEventListener("load", ({ target }) => {
  if (target.matches?.("iframe[data-follows]")) passOn(target);
}, true);

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

document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-sends]") && target.value) target.form.requestSubmit();
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
