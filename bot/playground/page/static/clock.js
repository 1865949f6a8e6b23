// The clock of the event, between two words from the server, and the days on their band.
"use strict";

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
  elapsed(now);
  say(clock.querySelector("time"), time);
  say(clock.querySelector(".date"), written({ weekday: "long", day: "numeric", month: "long" }).format(now));
}

function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

// --- The days: a policy without inline styles has a script say where things stand.

function placed() {
  const line = document.getElementById("timeline");
  if (!line) return;
  for (const each of line.querySelectorAll("[data-left]")) {
    each.style.left = each.dataset.left + "%";
    if (each.dataset.width) each.style.width = each.dataset.width + "%";
  }
  for (const day of line.querySelectorAll("[data-grow]")) day.style.flexGrow = day.dataset.grow;
  line.classList.add("placed");
  roving(line);
}

function elapsed(now) {
  for (const past of document.querySelectorAll("[data-elapsed]")) {
    const { from, to } = past.parentElement.dataset;
    const share = (now - Date.parse(from)) / (Date.parse(to) - Date.parse(from));
    past.style.width = 100 * Math.min(1, Math.max(0, share)) + "%";
    past.classList.toggle("now", share > 0 && share < 1);
  }
}

// One stop for the Tab key; the arrows go from moment to moment.
const stops = () => [...document.querySelectorAll("#timeline button")];
let stopped = "";

function roving() {
  const all = stops();
  const ahead = all.find((each) => each.ariaDisabled !== "true") ?? all[0];
  const one = all.find((each) => each.id === stopped) ?? ahead;
  for (const each of all) each.tabIndex = each === one ? 0 : -1;
}

document.addEventListener("keydown", (event) => {
  const all = stops();
  const at = all.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (at < 0 || !all[to]) return;
  event.preventDefault();
  all[to].focus();
});

document.addEventListener("focusin", ({ target }) => {
  if (!target.closest("#timeline")) return;
  stopped = target.id;
  roving();
});
