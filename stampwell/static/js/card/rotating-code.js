// SPDX-License-Identifier: Apache-2.0

import { serverClock } from "../server-clock.js";
import { drawQr } from "./drawing.js";
import { STEP, codeAtStep, stepAt } from "./totp.js";

const REFRESH = 25_000;
const FURTHEST_AHEAD = 2; // steps, as the server has it

/**
 * Keeps the card's code fresh. The element marked `data-rotating-code` carries the numbers, every element
 * marked `data-code-picture` shows the drawing; both may be swapped at any time and are looked up anew.
 * Where the phone cannot sign (plain http, no crypto.subtle), the server's drawing stays and is fetched again.
 */
export class RotatingCode {
  #now;
  #usedStep;
  #shown = "";
  #lastFetch = Date.now();

  /** @param {HTMLElement} carrier */
  constructor(carrier) {
    this.#now = serverClock(Number(carrier.dataset.now));
    this.#usedStep = Number(carrier.dataset.usedStep || 0);
  }

  start() {
    setInterval(() => this.refresh(), 500);
    this.refresh();
  }

  /**
   * A code is accepted once; after that the next one is shown, which the server accepts a step early.
   * @param {number} step
   */
  markUsed(step) {
    this.#usedStep = Math.max(this.#usedStep, step);
    this.refresh();
  }

  async refresh() {
    const carrier = /** @type {HTMLElement | null} */ (document.querySelector("[data-rotating-code]"));
    if (!carrier || document.visibilityState === "hidden") return;
    if (crypto.subtle && carrier.dataset.secret) await this.#draw(carrier, carrier.dataset.secret);
    else await this.#fetch(carrier);
  }

  /**
   * @param {HTMLElement} carrier
   * @param {string} secret
   */
  async #draw(carrier, secret) {
    const now = this.#now();
    // A step far ahead was noted while the server's clock was wrong.
    const used = this.#usedStep > stepAt(now) + FURTHEST_AHEAD ? 0 : this.#usedStep;
    const step = Math.max(stepAt(now), used + 1);
    this.#showAge(1 - (now % STEP) / STEP);
    const words = `SW1:${carrier.dataset.shortNumber}:${await codeAtStep(secret, step)}`;
    if (words === this.#shown && isDrawn()) return;
    this.#shown = words;
    for (const place of places()) place.replaceChildren(drawQr(words));
  }

  /** @param {HTMLElement} carrier */
  async #fetch(carrier) {
    const { codeUrl } = carrier.dataset;
    this.#showAge(1 - Math.min(1, (Date.now() - this.#lastFetch) / REFRESH));
    if (!codeUrl || Date.now() - this.#lastFetch < REFRESH) return;
    this.#lastFetch = Date.now();
    const response = await fetch(codeUrl, { cache: "no-store" }).catch(() => null);
    if (!response?.ok) return;
    const drawing = await response.text();
    for (const place of places()) place.innerHTML = drawing;
  }

  /** @param {number} left from 1 (fresh) to 0 */
  #showAge(left) {
    for (const age of document.querySelectorAll("[data-code-age]")) {
      /** @type {HTMLElement} */ (age).style.setProperty("--left", left.toFixed(3));
    }
  }
}

/** @returns {NodeListOf<HTMLElement>} */
function places() {
  return document.querySelectorAll("[data-code-picture]");
}

// A part of the page that was swapped carries the server's drawing until it gets ours.
function isDrawn() {
  return Array.from(places()).every((place) => place.firstElementChild?.getAttribute("shape-rendering"));
}
