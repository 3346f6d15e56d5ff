// SPDX-License-Identifier: Apache-2.0
// A link that customers reach opens for whoever keeps a finger on it, and from a keyboard.

import { showToast } from "../toast.js";

const LONG = 1_500;

const link = /** @type {HTMLAnchorElement} */ (document.querySelector("a[data-held]"));
let timer = 0;

link.addEventListener("pointerdown", () => {
  timer = window.setTimeout(() => location.assign(link.href), LONG);
});
for (const kind of ["pointerup", "pointerleave", "pointercancel"]) {
  link.addEventListener(kind, () => clearTimeout(timer));
}
link.addEventListener("contextmenu", (event) => event.preventDefault()); // else a long press opens the browser's own menu
link.addEventListener("click", (event) => {
  if (event.detail === 0) return; // from a keyboard, or by whoever reads the page aloud
  event.preventDefault();
  showToast(link.dataset.held ?? "");
});
