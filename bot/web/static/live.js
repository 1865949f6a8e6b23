// Keeps the element marked data-live-body as the server has it: by a stream of events; where a
// proxy holds the stream back, by asking every two seconds. With neither, the last state stays
// and <body> is marked data-offline. Pages are whole without this script. What stands above the
// page (data-banner) comes with each state, also where the page has no such element.
"use strict";

(() => {
  const ASK_EVERY = 2_000; // milliseconds
  const ANSWER_WITHIN = 10_000;
  const SILENCE = 40_000; // the server speaks every 15 s
  const STREAM_AGAIN = 30_000;

  const root = document.querySelector("[data-live]");
  const body = document.querySelector("[data-live-body]");
  if (!root) return;

  let version = root.dataset.liveVersion || "";
  let newest = null; // what the server said last
  let shown = Promise.resolve();
  let stream = null;
  let silence = 0;
  let asking = null;

  function follow() {
    stream = new EventSource(root.dataset.live);
    stream.onmessage = (event) => { alive(); take(JSON.parse(event.data)).catch(lost); };
    stream.addEventListener("beat", alive);
    stream.onerror = lost;
    listen();
  }

  function alive() {
    asking = null;
    offline(false);
    listen();
  }

  function listen() {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENCE);
  }

  function lost() {
    if (stream) {
      stream.close();
      stream = null;
      clearTimeout(silence);
      // Not all at one moment: a whole congress may have lost the server together.
      setTimeout(follow, STREAM_AGAIN * (1 + Math.random() / 2));
    }
    if (!asking) keepAsking();
  }

  async function keepAsking() {
    const mine = (asking = {});
    while (asking === mine) {
      try {
        await ask();
        offline(false);
      } catch {
        offline(true);
      }
      await new Promise((done) => setTimeout(done, ASK_EVERY));
    }
  }

  async function ask() {
    const headers = { Accept: "application/json", "If-None-Match": `"${version}"` };
    const answer = await get(root.dataset.live, headers);
    if (answer.status !== 304) await take(await answer.json());
  }

  async function get(address, headers = {}) {
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const answer = await fetch(address, { headers, signal, cache: "no-store" });
    if (!answer.ok && answer.status !== 304) throw new Error(`${answer.status}`);
    return answer;
  }

  function offline(is) {
    if (is === "offline" in document.body.dataset) return;
    if (is) document.body.dataset.offline = "";
    else delete document.body.dataset.offline;
    document.dispatchEvent(new Event("live:reach"));
  }

  // One after the other, and only the newest.
  function take(state) {
    newest = state;
    shown = shown.catch(() => {}).then(() => state === newest && show(state));
    return shown;
  }

  async function show(state) {
    if (state.version === version) return;
    for (const [name, html] of Object.entries(state.banners ?? {})) raise(name, html);
    if (!body) { // a page that stands still but for what is above it
      version = state.version;
      return;
    }
    // A state without HTML: this page shows something of its own, and asks for it.
    const html = state.html ?? (await (await get(root.dataset.liveFragment)).text());
    version = state.version;
    replace(html);
    document.dispatchEvent(new Event("live:change"));
  }

  // Written anew only if it says something else: what is written in an alert is spoken.
  function raise(name, html) {
    const banner = document.querySelector(`[data-banner="${name}"]`);
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    if (banner && banner.textContent.trim() !== fresh.content.textContent.trim()) {
      banner.replaceChildren(fresh.content);
    }
  }

  function replace(html) {
    const fresh = document.createElement("template");
    fresh.innerHTML = html;
    const focus = whereabouts(document.activeElement);
    const open = [...body.querySelectorAll("details[open][id]")].map((each) => each.id);
    patch(body, fresh.content);
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
    if (focus && !body.contains(document.activeElement)) find(focus)?.focus({ preventScroll: true });
  }

  // All is new but the forms that somebody is filling in. Those are not even moved: a field that
  // leaves the page for a moment loses its focus, and a phone its keyboard.
  function patch(old, fresh) {
    const kept = [...old.children].filter((child) => forms(child).some(busy));
    for (const child of [...old.childNodes]) if (!kept.includes(child)) child.remove();
    let next = kept[0] ?? null;
    for (const node of [...fresh.childNodes]) {
      const twin = kept.find((child) => key(child) === key(node));
      if (!twin) {
        old.insertBefore(node, next);
        continue;
      }
      if (twin.tagName !== "FORM") patch(twin, node);
      next = kept[kept.indexOf(twin) + 1] ?? null;
    }
  }

  function forms(node) {
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    return node.tagName === "FORM" ? [node] : [...node.querySelectorAll("form")];
  }

  function key(node) {
    const [form] = forms(node);
    return node.id || form?.id || form?.getAttribute("action") || node;
  }

  function busy(form) {
    const active = document.activeElement;
    if (form.contains(active) && active.matches("input, textarea, select")) return true;
    return [...form.elements].some(changed);
  }

  function changed(field) {
    if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
    if (field.matches("select")) {
      const chosen = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(chosen, 0);
    }
    return field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;
  }

  // A button or a link that had the focus: the same one of the nearest element with an id.
  function whereabouts(element) {
    if (!body.contains(element)) return null;
    const { id } = element.closest("[id]");
    const path = element.id ? null : element.tagName;
    return { id, path, index: path && within(id, path).indexOf(element) };
  }

  const within = (id, path) => [...(document.getElementById(id)?.querySelectorAll(path) ?? [])];
  const find = ({ id, path, index }) =>
    path ? within(id, path)[index] : document.getElementById(id);

  // A stream may take long to notice; the system knows at once, and knows when to try again.
  // A page that changed something says so, and need not wait to see it where there is no stream.
  const askNow = () => { if (!stream) ask().then(() => offline(false), () => {}); };
  window.addEventListener("offline", lost);
  window.addEventListener("online", askNow);
  document.addEventListener("live:ask", askNow);

  follow();
})();
