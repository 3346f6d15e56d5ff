// SPDX-License-Identifier: Apache-2.0
// The sign of the minute by the server's clock: a phone that is late shows the same one as a phone that is right.

import { serverClock } from "./server-clock.js";

const MINUTE = 60_000;
const AHEAD = 5; // minutes
const PATIENCE = 20_000;

/**
 * An element marked `data-minute-signs`; with `data-more-url` it fetches the next ones `data-ahead` minutes before it
 * runs out of them.
 */
class MinuteSigns {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.element = element;
    this.now = serverClock(Number(element.dataset.now));
    this.asked = -Infinity;
    this.timer = setInterval(() => this.show(), 250);
    this.show();
  }

  show() {
    if (!this.element.isConnected) return clearInterval(this.timer);
    const minute = Math.floor(this.now() / MINUTE) * MINUTE;
    let last = 0;
    for (const part of this.element.querySelectorAll("[data-minute]")) {
      const sign = /** @type {HTMLElement} */ (part);
      const begins = Number(sign.dataset.minute);
      if (sign.hidden !== (begins !== minute)) sign.hidden = begins !== minute;
      last = Math.max(last, begins);
    }
    if (last < minute + Number(this.element.dataset.ahead || AHEAD) * MINUTE) this.fetchMore();
  }

  // Without an answer the signs end, and none is shown: an old one would be a wrong one.
  async fetchMore() {
    const url = this.element.dataset.moreUrl;
    if (!url || !navigator.onLine || performance.now() < this.asked + PATIENCE) return;
    if (this.element.closest("[hidden]")) return; // the screen is over
    this.asked = performance.now();
    try {
      const answer = await fetch(url);
      if (!answer.ok || answer.redirected) return;
      this.element.innerHTML = await answer.text();
      this.show();
    } catch {
      // there is no network; it is asked again
    }
  }
}

/** Starts those that are not running yet. */
function startSigns() {
  for (const element of document.querySelectorAll("[data-minute-signs]:not([data-running])")) {
    /** @type {HTMLElement} */ (element).dataset.running = "";
    new MinuteSigns(/** @type {HTMLElement} */ (element));
  }
}

startSigns();
document.addEventListener("htmx:after:swap", startSigns);
