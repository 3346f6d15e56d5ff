// SPDX-License-Identifier: Apache-2.0

import { letSleep, stayAwake } from "../awake.js";

/** The code over the whole screen, white, the screen kept on: `data-shows-big="dialog id"`; a tap closes it. */
export function offerBigCode() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest("[data-shows-big]"));
    if (button) open(button.dataset.showsBig ?? "");
    else /** @type {HTMLDialogElement | null} */ (target.closest("dialog.big-code"))?.close();
  });
  // "close" does not bubble, but it is seen on its way down.
  document.addEventListener("close", (event) => {
    if (/** @type {Element} */ (event.target).matches("dialog.big-code")) letSleep();
  }, true);
  // A card that was stamped while its code was large comes back as the card, stamped.
  document.addEventListener("htmx:after:swap", () => {
    if (!document.querySelector("dialog.big-code[open]")) letSleep();
  });
}

/** @param {string} id */
function open(id) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById(id));
  dialog?.showModal();
  stayAwake();
}
