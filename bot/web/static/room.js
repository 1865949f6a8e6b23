// Sends forms without leaving the page. What meets no network is kept on the device and sent once:
// the server knows a question by its key. Without this script the forms work by themselves.
"use strict";

(() => {
  const ANSWER_WITHIN = 10_000; // milliseconds
  const AGAIN_EVERY = 5_000;
  const STORE = `maillon:${location.pathname}`;

  let kept = restored();
  let sending = false;
  let timer = 0;

  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post") return;
    event.preventDefault();
    submit(event.target);
  });
  document.addEventListener("live:change", mark);
  document.addEventListener("live:reach", flush);
  addEventListener("online", flush);
  if (kept.length) {
    say(document.getElementById("live").dataset.kept);
    flush();
  }

  async function submit(form) {
    if (form.dataset.busy) return;
    form.dataset.busy = "";
    const { key } = form.elements;
    if (key && !key.value) key.value = random();
    const message = { action: form.action, fields: [...new FormData(form)] };
    try {
      show(await send(message));
    } catch {
      keep(message);
      if (form.id === "ask") form.reset();
      if (key) key.value = "";
    } finally {
      delete form.dataset.busy;
    }
  }

  // The page that the server answers with; what is no page of ours is no answer of the server.
  async function send({ action, fields }) {
    const body = new URLSearchParams(fields);
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const answer = await fetch(action, { method: "POST", body, signal });
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("live")) throw new Error("not our page");
    return page;
  }

  function keep(message) {
    kept.push(message);
    store();
    say(document.getElementById("live").dataset.kept);
    later();
  }

  async function flush() {
    if (sending) return;
    sending = true;
    try {
      while (kept.length) {
        const page = await send(kept[0]);
        kept.shift();
        store();
        show(page, true);
      }
    } catch {
      later();
    }
    sending = false;
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(flush, AGAIN_EVERY);
  }

  function show(page, unasked = false) {
    const typed = document.getElementById("question")?.value ?? "";
    for (const id of ["notice", "mine"]) {
      document.getElementById(id).replaceWith(page.getElementById(id));
    }
    const refused = page.getElementById("question")?.value ?? "";
    document.getElementById("live").replaceChildren(...page.getElementById("live").childNodes);
    if (unasked && typed) {
      // Somebody is writing the next one: it stays, and what was refused stands beside it.
      const field = document.getElementById("question");
      if (field) field.value = typed;
      if (refused) say(refused, false);
      return;
    }
    const code = document.getElementById("code");
    (code ?? document.getElementById("notice")).focus();
  }

  function say(text, alone = true) {
    const line = document.createElement("p");
    line.className = "note";
    line.textContent = text;
    const notice = document.getElementById("notice");
    if (alone) notice.replaceChildren(line);
    else notice.append(line);
  }

  // What all see does not know what this device supports.
  function mark() {
    const mine = document.getElementById("mine").dataset.supported.split(" ");
    for (const item of document.querySelectorAll("[data-question]")) {
      const supported = mine.includes(item.dataset.question);
      const [support, withdraw] = ["support", "withdraw"].map((name) => item.querySelector(`.${name}`));
      if (!support) continue;
      support.hidden = supported;
      withdraw.hidden = !supported;
    }
  }

  function random() {
    return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16)).join("");
  }

  function restored() {
    try {
      return JSON.parse(localStorage.getItem(STORE)) ?? [];
    } catch {
      return [];
    }
  }

  function store() {
    try {
      if (kept.length) localStorage.setItem(STORE, JSON.stringify(kept));
      else localStorage.removeItem(STORE);
    } catch {
      // A browser that keeps nothing: it is sent as long as the page is open.
    }
  }
})();
