// SPDX-License-Identifier: Apache-2.0

const OFTEN = 4_000;
const SELDOM = 20_000;
const ATTENTIVE = 180_000;

/**
 * Asks every 4 seconds while the page is seen whether the card has changed (later less often), and puts the
 * new card in place. `data-card` carries `data-state-url` and `data-version`.
 */
export class CardState {
  #onUsed;
  #etag = "";
  #lastChange = Date.now();
  #told = toTell().map((told) => told.dataset.told); // what the page showed when it was opened is read with it

  /** @param {(step: number) => void} onUsed called with the step of the last code that was accepted */
  constructor(onUsed) {
    this.#onUsed = onUsed;
  }

  start() {
    this.#later();
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      this.#lastChange = Date.now();
      this.#ask();
    });
  }

  #later() {
    const wait = Date.now() - this.#lastChange < ATTENTIVE ? OFTEN : SELDOM;
    setTimeout(async () => {
      if (document.visibilityState === "visible") await this.#ask();
      this.#later();
    }, wait);
  }

  async #ask() {
    const card = /** @type {HTMLElement | null} */ (document.querySelector("[data-card]"));
    if (!card?.dataset.stateUrl) return;
    const state = await this.#fetch(card.dataset.stateUrl);
    if (!state) return;
    this.#onUsed(Number(state.used_step ?? 0));
    if (String(state.version) !== card.dataset.version) await this.#replace(card);
  }

  /** @param {string} url */
  async #fetch(url) {
    const headers = this.#etag ? { "If-None-Match": this.#etag } : undefined;
    const response = await fetch(url, { headers, cache: "no-store" }).catch(() => null);
    if (response?.status === 410) location.reload(); // the card was moved, and the page says so
    if (!response?.ok) return null; // 304: nothing new; no network: asked again
    this.#etag = response.headers.get("ETag") ?? "";
    return response.json();
  }

  /** @param {HTMLElement} card */
  async #replace(card) {
    this.#lastChange = Date.now();
    await window.htmx?.ajax("GET", location.pathname + location.search, {
      target: card,
      select: "[data-card]",
      swap: "outerHTML",
    });
    this.#tell();
  }

  /** Says what was drawn once, to those who do not see it. */
  #tell() {
    const fresh = toTell().filter((told) => !this.#told.includes(told.dataset.told));
    this.#told.push(...fresh.map((told) => told.dataset.told));
    const place = document.querySelector("[data-tells]");
    if (place && fresh.length) place.textContent = fresh.map((told) => told.textContent?.trim()).join(" ");
  }
}

/** @returns {HTMLElement[]} */
function toTell() {
  return [...document.querySelectorAll(/** @type {"p"} */ ("[data-told]"))];
}
