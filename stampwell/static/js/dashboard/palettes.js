// SPDX-License-Identifier: Apache-2.0
// A look by trade fills in both colours and the icon at once; it is marked until one of them is changed.

import { fillIn, readColour } from "../colours.js";

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("#program-form"));
const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-palettes] button"));

for (const button of buttons) {
  button.addEventListener("click", (event) => {
    event.preventDefault();
    take(button.dataset);
  });
}
form?.addEventListener("input", mark);

/** @param {DOMStringMap} look */
function take({ background, accent, icon }) {
  fillIn(field("background"), background ?? "");
  fillIn(field("accent"), accent ?? "");
  const chosen = /** @type {HTMLInputElement} */ (form?.querySelector(`[name=icon][value="${icon}"]`));
  chosen.checked = true;
  chosen.dispatchEvent(new Event("input", { bubbles: true }));
}

function mark() {
  const background = readColour(field("background").value);
  const accent = readColour(field("accent").value);
  for (const button of buttons) {
    const look = button.dataset;
    const isUsed = look.background === background && look.accent === accent && look.icon === field("icon").value;
    button.setAttribute("aria-pressed", String(isUsed));
  }
}

/** @param {string} name */
function field(name) {
  return /** @type {HTMLInputElement} */ (form?.elements.namedItem(name));
}
