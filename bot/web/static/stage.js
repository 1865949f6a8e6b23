// The pupitre. A press is kept with a key until the server has answered it, and sent again with
// the same key when the network is back, in order: it is applied once. Without this script the
// forms of the page do the same while there is a network.
"use strict";

(() => {
  const ANSWER_WITHIN = 10_000; // milliseconds
  const AGAIN_AFTER = 3_000;
  const STORE = `maillon:${location.pathname}`;

  const said = document.getElementById("said");
  const undo = document.getElementById("undo");
  const queue = stored();
  let sending = false;
  let again = 0;
  let fading = 0;
  let settled = ""; // the last press that was done on what is shown still: a second is a slip
  let lines = [];

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-press]")) return;
    event.preventDefault();
    press(form, event.submitter);
    awake();
  });

  function press(form, button) {
    const fields = Object.fromEntries(new FormData(form));
    if (button?.name) fields[button.name] = button.value;
    delete fields.form; // the page's own when it is sent, and never stored
    fields.key = key();
    const one = { action: form.getAttribute("action"), fields, label: button.textContent.trim() };
    if (one.fields.undo) hideUndo();
    if (sign(one) === settled || queue.some((other) => sign(other) === sign(one))) return;
    lines = [];
    queue.push(one);
    keep();
    flush();
  }

  async function flush() {
    if (sending) return;
    sending = true;
    clearTimeout(again);
    try {
      while (queue.length) {
        const one = queue[0];
        show();
        const answer = await send(one);
        queue.shift();
        keep();
        tell(one, answer);
        document.dispatchEvent(new Event("live:ask"));
      }
    } catch {
      again = setTimeout(flush, AGAIN_AFTER);
    } finally {
      sending = false;
      show();
    }
  }

  async function send(one) {
    const form = document.querySelector("[data-press] [name=form]").value;
    const answer = await fetch(one.action, {
      method: "POST",
      headers: { Accept: "application/json" },
      body: new URLSearchParams({ ...one.fields, form }),
      signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    const json = answer.headers.get("Content-Type")?.startsWith("application/json");
    // No answer to the press: the session is over, and the page says what to do.
    if (!json) location.reload();
    if (!json) throw new Error("no session");
    return answer.json();
  }

  function tell(one, answer) {
    settled = answer.error || one.fields.undo ? "" : sign(one);
    if (answer.error) lines.push(filled(said.dataset.refused, one.label, answer.error));
    else if (one.fields.undo) lines.push(said.dataset.undone);
    else lines.push(filled(said.dataset.done, one.label));
    if (answer.undo) offerUndo(answer.undo);
  }

  function show() {
    const waiting = queue.map((one) => filled(said.dataset.waiting, one.label));
    const texts = offline() || !sending ? [...lines, ...waiting] : lines;
    said.replaceChildren(...texts.map((text) => {
      const line = document.createElement("p");
      line.textContent = text;
      return line;
    }));
    for (const button of document.querySelectorAll("#presses button")) {
      const waits = queue.some((one) => one.fields.what === button.value);
      button.toggleAttribute("data-waiting", waits);
    }
  }

  const offline = () => "offline" in document.body.dataset;
  const sign = ({ fields }) => [fields.what, fields.seen, fields.next, fields.undo].join("|");
  const filled = (text, press, reason = "") =>
    text.replace("{press}", () => press).replace("{reason}", () => reason);

  function offerUndo(changes) {
    undo.elements.undo.value = changes;
    undo.hidden = false;
    clearTimeout(fading);
    fading = setTimeout(() => { hideUndo(); lines = []; show(); }, undo.dataset.seconds * 1_000);
  }

  function hideUndo() {
    clearTimeout(fading);
    undo.hidden = true;
  }

  function key() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function stored() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? [];
    } catch {
      return [];
    }
  }

  function keep() {
    try {
      localStorage.setItem(STORE, JSON.stringify(queue));
    } catch {
      // A browser that stores nothing keeps them as long as the page.
    }
  }

  // Phones go dark after half a minute, and give the lock back whenever another page is shown.
  async function awake() {
    try {
      await navigator.wakeLock?.request("screen");
    } catch {
      // Low battery, or a browser that first wants a press.
    }
  }

  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") awake();
  });
  document.addEventListener("live:change", () => { settled = ""; show(); });
  document.addEventListener("live:reach", () => { show(); if (!offline()) flush(); });
  window.addEventListener("online", flush);
  if (!undo.hidden) offerUndo(undo.elements.undo.value);
  awake();
  show();
  flush();
})();
