// SPDX-License-Identifier: Apache-2.0
// Buttons of a result that wait until they may be tapped (`data-from`, server time), and the stepper.

import { serverClock } from "../server-clock.js";

const OFTEN = 250;

const scanner = /** @type {HTMLElement} */ (document.querySelector("[data-scanner]"));
const panel = /** @type {HTMLElement} */ (scanner.querySelector("[data-result]"));
const serverNow = serverClock(Number(scanner.dataset.now) || Date.now());

function freeButtons() {
  for (const button of panel.querySelectorAll("button[data-from][disabled]")) {
    const from = Number(/** @type {HTMLElement} */ (button).dataset.from);
    if (serverNow() >= from) button.removeAttribute("disabled");
  }
}

panel.addEventListener("click", (event) => {
  const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-step]"));
  const stepper = /** @type {HTMLElement | null | undefined} */ (button?.closest("[data-stepper]"));
  const field = stepper?.querySelector("input");
  if (!button || !stepper || !field) return;
  const { least = "1", most = "100" } = stepper.dataset;
  const wanted = Number(field.value) + Number(button.dataset.step);
  field.value = String(Math.min(Math.max(wanted, Number(least)), Number(most)));
  /** @type {HTMLElement} */ (stepper.querySelector("output")).textContent = field.value;
  sayWhatComes(stepper.parentElement?.querySelector("[data-says]"), Number(field.value));
});

/**
 * The button says how the card will stand.
 * @param {HTMLElement | null | undefined} button
 * @param {number} more
 */
function sayWhatComes(button, more) {
  if (!button) return;
  const { stamps, goal = "", says = "", saysFull = "" } = button.dataset;
  const then = Number(stamps) + more;
  button.textContent = then < Number(goal) ? says.replace("{then}", String(then)).replace("{goal}", goal) : saysFull;
}

setInterval(freeButtons, OFTEN);
