// Before anything is drawn: light or dark, where somebody chose; otherwise as the system has it.
"use strict";

const THEME = "theme";

function chosenTheme() {
  try {
    return localStorage.getItem(THEME);
  } catch {
    return null;
  }
}

function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function themed(theme = chosenTheme()) {
  if (theme) document.documentElement.dataset.theme = theme;
  for (const button of document.querySelectorAll("[data-theme-switch]"))
    button.setAttribute("aria-pressed", String(dark()));
}

document.addEventListener("click", ({ target }) => {
  if (!target.closest("[data-theme-switch]")) return;
  const theme = dark() ? "light" : "dark";
  try {
    localStorage.setItem(THEME, theme);
  } catch {
    // This page has it all the same.
  }
  themed(theme);
});

// Panes beside each other hear of it, too.
addEventListener("storage", ({ key }) => key === THEME && themed());

themed();
