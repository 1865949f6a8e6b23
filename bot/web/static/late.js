// Running late, without leaving the page: a network that is gone must not take the pupitre with
// it. Nothing is kept for later, since what would move then is another question.
"use strict";

(() => {
  const ANSWER_WITHIN = 10_000; // milliseconds

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!section().contains(form)) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  async function send(form, button) {
    const fields = new URLSearchParams(new FormData(form));
    if (button?.name) fields.set(button.name, button.value);
    const action = form.getAttribute("action");
    const post = form.method === "post";
    section().setAttribute("aria-busy", "true");
    try {
      await take(post ? await get(action, { method: "POST", body: fields }) : await get(`${action}?${fields}`));
      section().querySelector("button")?.focus({ preventScroll: true });
      if (post) document.dispatchEvent(new Event("live:ask"));
    } catch {
      failed();
    } finally {
      section().removeAttribute("aria-busy");
    }
  }

  async function get(address, options = {}) {
    const answer = await fetch(address, {
      ...options, cache: "no-store", signal: AbortSignal.timeout(ANSWER_WITHIN),
    });
    if (answer.status >= 500) throw new Error(`${answer.status}`);
    return answer.text();
  }

  function take(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("late");
    if (fresh) section().replaceWith(document.adoptNode(fresh));
    else location.reload(); // the page is another: somebody has to sign in again
  }

  function failed() {
    const said = section().querySelector("[role=alert]") ?? document.createElement("p");
    said.className = "error";
    said.setAttribute("role", "alert");
    said.textContent = section().dataset.failed;
    section().prepend(said);
  }

  const section = () => document.getElementById("late");

  // What others said meanwhile; an open preview stays as it was read.
  document.addEventListener("live:change", async () => {
    if ("open" in section().dataset || section().contains(document.activeElement)) return;
    try {
      take(await get(location.pathname));
    } catch {
      // The next change asks again.
    }
  });
})();
