// SPDX-License-Identifier: Apache-2.0

import { clockText } from "../clock-text.js";
import { signal } from "../stations/signals.js";

/** @typedef {import("../stations/sending.js").Answer} Answer */

// Outcomes that wait for a decision are never swept away by the next code in view.
const WANTS_DECISION = ["offer", "needs_amount", "needs_manager", "found"];

/** The panel that says what came of a scan, filled with what the server drew. */
export class ResultPanel {
  #panel;
  #serverNow;
  #undoTimer = 0;

  /**
   * @param {HTMLElement} panel
   * @param {() => number} serverNow
   */
  constructor(panel, serverNow) {
    this.#panel = panel;
    this.#serverNow = serverNow;
    panel.addEventListener("click", (event) => {
      if (/** @type {Element} */ (event.target).closest("[data-next]")) this.close();
    });
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && this.isOpen) this.close();
    });
  }

  get isOpen() {
    return this.#panel.childElementCount > 0;
  }

  get wantsDecision() {
    return this.isOpen && WANTS_DECISION.includes(this.#panel.dataset.outcome ?? "");
  }

  /** @param {Answer} answer */
  show(answer) {
    const tone = answer.tone ?? "attention";
    clearInterval(this.#undoTimer);
    this.#panel.dataset.outcome = answer.outcome;
    this.#panel.dataset.tone = tone;
    this.#panel.innerHTML = answer.html;
    this.#panel.scrollTop = 0; // the button that was pressed may have lain far below
    this.#setBehind(true);
    window.htmx?.process(this.#panel);
    signal(tone);
    this.#focus();
    if (answer.undo_until) this.#countUndo(answer.undo_until);
  }

  close() {
    clearInterval(this.#undoTimer);
    this.#panel.replaceChildren();
    this.#setBehind(false);
  }

  /**
   * What lies behind an open result can be neither tapped nor reached by the tab key.
   * @param {boolean} behind
   */
  #setBehind(behind) {
    for (const part of this.#panel.parentElement?.querySelectorAll(":scope > .view, :scope > .controls") ?? []) {
      part.toggleAttribute("inert", behind);
    }
  }

  #focus() {
    const field = /** @type {HTMLElement | null} */ (this.#panel.querySelector("input:not([type=hidden])"));
    (field ?? this.#panel).focus({ preventScroll: true });
  }

  /** @param {number} until */
  #countUndo(until) {
    const show = () => {
      const left = until - this.#serverNow();
      for (const place of this.#panel.querySelectorAll("[data-undo-left]")) place.textContent = clockText(left);
      if (left > 0) return;
      clearInterval(this.#undoTimer);
      for (const undo of this.#panel.querySelectorAll("[data-undo]")) undo.remove();
    };
    this.#undoTimer = window.setInterval(show, 500);
    show();
  }
}
