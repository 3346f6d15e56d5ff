// SPDX-License-Identifier: Apache-2.0
// What opens and closes, on every page; also on one that a phone keeps, which has no more of what `page.js` does.

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const pressed = /** @type {HTMLElement | null} */ (target.closest("[data-closes], [data-opens]"));
  if (!pressed) return;
  const { closes, opens = "" } = pressed.dataset;
  if (closes) close(pressed.closest(closes));
  else openDialog(opens);
});

/** @param {Element | null} part */
function close(part) {
  if (part instanceof HTMLDialogElement) part.close();
  else part?.remove();
}

/** @param {string} id */
function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement) dialog.showModal();
}
