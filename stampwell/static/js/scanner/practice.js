// SPDX-License-Identifier: Apache-2.0
// Practising: the scenes came with the page, and nothing is sent while they are played.

import { allowSound } from "../stations/signals.js";
import { text } from "../texts.js";
import { ResultPanel } from "./result.js";

/** @typedef {{outcome: string, tone: "good" | "attention" | "bad" | "kept", html: string}} Shown */
/** @typedef {{task: string, does: string, panel: Shown | null}} Step */
/** @typedef {{title: string, progress: string, steps: Step[]}} Scene */

const UNDO_LASTS = 60_000;
const SOON = 5000; // as on a real result, where a second stamp has to wait

class Practice {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    const facts = JSON.parse(document.getElementById("practice")?.textContent ?? "{}");
    /** @type {Scene[]} */
    this.scenes = facts.scenes;
    this.number = /** @type {string} */ (facts.number);
    /** @type {Set<number>} */
    this.played = new Set();
    this.scene = -1;
    this.step = 0;
    this.again = 0;
    this.free = 0;
    this.coach = /** @type {HTMLElement} */ (document.querySelector("[data-coach]"));
    this.result = new ResultPanel(/** @type {HTMLElement} */ (root.querySelector("[data-result]")), Date.now);
    root.addEventListener("click", (event) => this.takeTap(event), { capture: true });
    root.addEventListener("submit", (event) => this.takeForm(/** @type {SubmitEvent} */ (event)), { capture: true });
    // A result that is closed in another way than asked for would leave nothing to go on with.
    window.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation(), { capture: true });
    for (const part of root.querySelectorAll("[data-awaits-script]")) part.removeAttribute("disabled");
  }

  /** @returns {Step | undefined} what is to be done now */
  get now() {
    return this.scenes[this.scene]?.steps[this.step];
  }

  /** @param {Event} event */
  takeTap(event) {
    const target = /** @type {Element} */ (event.target);
    const chosen = /** @type {HTMLElement | null} */ (target.closest("[data-begin], [data-scene]"));
    if (chosen) this.begin(Number(chosen.dataset.scene ?? this.firstLeft()));
    const tapped = target.closest("[data-customer], [data-next]");
    if (!tapped || !this.now) return;
    event.stopPropagation();
    if (tapped.matches(this.now.does)) this.goOn();
    else this.sayOnlyThis();
  }

  /** @param {SubmitEvent} event */
  takeForm(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!this.now) return;
    event.preventDefault();
    event.stopPropagation();
    const button = /** @type {HTMLButtonElement | null} */ (event.submitter);
    if (button?.formMethod === "dialog") return; // Enter in a field, see partials/no_enter.html
    if (form.matches(this.now.does) && this.isFilled(form)) this.goOn();
    else this.sayOnlyThis();
  }

  /** @param {HTMLFormElement} form */
  isFilled(form) {
    if (form.dataset.typed === undefined) return true;
    const typed = String(new FormData(form).get("code") ?? "").normalize("NFKC").replace(/\D/g, "");
    if (typed === this.number) form.reset();
    return typed === this.number;
  }

  /** @param {number} scene */
  begin(scene) {
    allowSound();
    this.scene = scene;
    this.step = 0;
    this.root.classList.add("running");
    this.coach.hidden = false;
    this.present(null);
  }

  goOn() {
    const panel = this.now?.panel ?? null;
    this.step += 1;
    if (this.now) this.present(panel);
    else this.endScene();
  }

  endScene() {
    this.played.add(this.scene);
    this.root.querySelector(`[data-scene="${this.scene}"]`)?.classList.add("done");
    const next = this.firstLeft();
    if (next >= 0) this.begin(next);
    else this.finish();
  }

  firstLeft() {
    return this.scenes.findIndex((_scene, place) => !this.played.has(place));
  }

  finish() {
    this.clear();
    this.scene = -1;
    this.root.classList.remove("running");
    this.coach.hidden = true;
    this.root.querySelector("[data-intro]")?.setAttribute("hidden", "");
    const end = /** @type {HTMLElement} */ (this.root.querySelector("[data-finish]"));
    end.hidden = false;
    end.focus();
  }

  /**
   * Shows what came of the step before, and says what is to be done now.
   * @param {Shown | null} panel
   */
  present(panel) {
    this.clear();
    if (panel) this.show(panel);
    this.sayTask();
    this.showCustomer();
    this.pointAt();
    this.coach.scrollIntoView({ block: "nearest" });
  }

  /** @param {Shown} panel */
  show(panel) {
    this.result.show({ ...panel, undo_until: Date.now() + UNDO_LASTS });
    this.free = window.setTimeout(() => {
      for (const button of this.root.querySelectorAll("button[data-from]")) button.removeAttribute("disabled");
    }, SOON);
    // Who needs longer than a minute here finds the button again.
    if (this.now?.does.includes("undo")) this.again = window.setTimeout(() => this.present(panel), UNDO_LASTS);
  }

  clear() {
    clearTimeout(this.again);
    clearTimeout(this.free);
    this.result.close();
    for (const part of this.root.querySelectorAll(".here")) part.classList.remove("here");
  }

  sayTask() {
    this.say("progress", this.scenes[this.scene].progress);
    this.say("task", this.now?.task ?? "");
    this.say("hint", "");
    for (const [place, dot] of this.coach.querySelectorAll(".dots > i").entries()) {
      dot.classList.toggle("done", this.played.has(place));
      dot.classList.toggle("now", place === this.scene);
    }
  }

  sayOnlyThis() {
    this.say("hint", text("practice_only_this"));
  }

  /**
   * @param {string} name
   * @param {string} words
   */
  say(name, words) {
    /** @type {HTMLElement} */ (this.coach.querySelector(`[data-${name}]`)).textContent = words;
  }

  showCustomer() {
    for (const held of this.root.querySelectorAll("[data-customer]")) {
      held.toggleAttribute("hidden", !held.matches(this.now?.does ?? ""));
    }
  }

  pointAt() {
    const wanted = this.root.querySelector(this.now?.does ?? "");
    const form = wanted instanceof HTMLFormElement ? wanted : null;
    const sends = form && [...form.elements].find((part) => part.matches("button:not([formmethod=dialog], [type=button])"));
    (sends ?? wanted)?.classList.add("here");
    if (this.result.isOpen) return; // it has the focus
    const field = form?.querySelector("input:not([type=hidden])") ?? wanted;
    /** @type {HTMLElement | null} */ (field)?.focus({ preventScroll: true });
  }
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-practice]"));
if (root) new Practice(root);
