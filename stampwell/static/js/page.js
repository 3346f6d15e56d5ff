// SPDX-License-Identifier: Apache-2.0
// What every page has that asks the server: toasts, menus, copying and sharing, and a word when a request fails.

import { copyText } from "./copy.js";
import { sharePage } from "./share.js";
import { showToast } from "./toast.js";

const SECONDS_TO_READ = 6;

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  closeOtherMenus(target);
  const pressed = /** @type {HTMLElement | null} */ (target.closest("[data-copies], [data-shares], [data-prints]"));
  if (pressed) press(pressed);
});

/** @param {HTMLElement} pressed */
function press(pressed) {
  const { copies, shares } = pressed.dataset;
  if (copies !== undefined) copyText(pressed);
  else if (shares !== undefined) sharePage(pressed);
  else window.print();
}

/** @param {Element} target */
function closeOtherMenus(target) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("details.menu[open]");
  menu?.removeAttribute("open");
  menu?.querySelector("summary")?.focus();
});

for (const event of ["htmx:response:error", "htmx:error"]) {
  document.addEventListener(event, (failure) => {
    const status = /** @type {CustomEvent} */ (failure).detail?.ctx?.response?.raw?.status ?? 0;
    if (status === 0 || status >= 500) showToast(wordsOf("something-failed"), "error");
  });
}

/** @param {string} id */
function wordsOf(id) {
  const template = /** @type {HTMLTemplateElement | null} */ (document.getElementById(id));
  return template?.content.textContent?.trim() ?? "";
}

for (const toast of document.querySelectorAll(".toast:not([data-stays])")) {
  setTimeout(() => toast.remove(), SECONDS_TO_READ * 1000);
}

// A message that came with an error moves the focus to the first wrong field.
/** @type {HTMLElement | null} */ (document.querySelector("[aria-invalid=true]"))?.focus();
