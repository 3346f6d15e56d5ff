// SPDX-License-Identifier: Apache-2.0

import { text } from "../texts.js";

const MOMENT = 2500;

/** The line above the camera that says what goes on, in sentences of the page. */
export class StatusLine {
  #place;
  #moment = 0;
  #before = "";

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#place = place;
  }

  get words() {
    return this.#place.textContent ?? "";
  }

  /** @param {string} name */
  say(name) {
    this.clear();
    this.#place.textContent = text(name);
  }

  clear() {
    clearTimeout(this.#moment);
    this.#moment = 0;
    this.#place.textContent = "";
  }

  /**
   * What is said again and again goes on being said; some time after the last time, what was said before stands there.
   * @param {string} name
   * @param {{before?: string, lasts?: number}} [how]
   */
  sayForMoment(name, { before = "", lasts = MOMENT } = {}) {
    if (this.#moment) clearTimeout(this.#moment);
    else this.#before = before;
    this.#place.textContent = text(name);
    this.#moment = window.setTimeout(() => {
      this.#moment = 0;
      this.#place.textContent = this.#before;
    }, lasts);
  }
}
