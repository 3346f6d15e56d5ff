// SPDX-License-Identifier: Apache-2.0

import { clockText } from "./clock-text.js";
import { serverClock } from "./server-clock.js";

/**
 * Counts an element marked `data-countdown` down from `data-from` to `data-until` (server's milliseconds, as
 * `data-now` is): digits into `data-left`, the ring by --left. At the end the element says `countdown:over`,
 * gets the class `over`, and with `data-reloads` the page is loaded anew.
 */
class Countdown {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.now = serverClock(Number(element.dataset.now));
    this.from = Number(element.dataset.from || element.dataset.now);
    this.until = Number(element.dataset.until);
    this.timer = setInterval(() => this.tick(), 200);
    this.tick();
  }

  tick() {
    const left = this.until - this.now();
    const share = Math.min(1, Math.max(0, left / (this.until - this.from)));
    this.element.style.setProperty("--left", share.toFixed(4));
    for (const place of this.element.querySelectorAll("[data-left]")) place.textContent = clockText(left);
    if (left <= 0 || !this.element.isConnected) this.end();
  }

  end() {
    clearInterval(this.timer);
    this.element.classList.add("over");
    this.element.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
    if (this.element.dataset.reloads !== undefined && this.element.isConnected) location.reload();
  }
}

/** Starts the countdowns that are not running yet. */
function startCountdowns() {
  for (const element of document.querySelectorAll("[data-countdown]:not([data-counting])")) {
    /** @type {HTMLElement} */ (element).dataset.counting = "";
    new Countdown(/** @type {HTMLElement} */ (element));
  }
}

startCountdowns();
document.addEventListener("htmx:after:swap", startCountdowns);
