// SPDX-License-Identifier: Apache-2.0
// The autopilot: the barcode scanner types, each code is sent in its order, the last five answers stay in sight.

import { clockText } from "../clock-text.js";
import { newKey } from "../stations/sending.js";
import { allowSound, signal } from "../scanner/signals.js";
import { serverClock } from "../server-clock.js";
import { NoResult, NotReached, sendScan } from "../stations/send-scan.js";
import { text } from "../texts.js";
import { openSmallWindow } from "./small-window.js";
import { Wedge } from "./wedge.js";

/** @typedef {import("../stations/send-scan.js").Answer} Answer */
/** @typedef {{url: string, scan: {key: string, code?: string}}} Task */

const MOST_LINES = 5;
const PATIENCE = 10_000;
const ASKS_EVERY = 15_000;
const SAME_CARD = 2_000; // a scanner in its stand reads a card twice

class Autopilot {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.lines = /** @type {HTMLElement} */ (root.querySelector("[data-lines]"));
    this.waits = /** @type {HTMLElement} */ (root.querySelector("[data-waits]"));
    this.serverNow = serverClock(Number(root.dataset.now) || Date.now());
    /** @type {Task[]} */
    this.tasks = [];
    this.sending = false;
    this.reached = true;
    this.last = { code: "", at: 0 };
    /** @type {Window[]} */
    this.windows = [];
    this.wedge = new Wedge((code) => this.take(code));
    this.watch(window);
    for (const kind of ["online", "offline"]) window.addEventListener(kind, () => this.showState());
    window.addEventListener("beforeunload", (event) => {
      if (this.tasks.length) event.preventDefault();
    });
    root.addEventListener("click", (event) => this.takeClick(event));
    setInterval(() => this.askState(), ASKS_EVERY);
    this.offerSmallWindow();
    this.showState();
  }

  /** @param {Window} window a window of ours in which keys may arrive */
  watch(window) {
    this.windows.push(window);
    this.wedge.listen(window);
    for (const kind of ["focus", "blur"]) window.addEventListener(kind, () => setTimeout(() => this.showState()));
    window.addEventListener("keydown", allowSound, { once: true });
    window.addEventListener("pointerdown", allowSound, { once: true });
  }

  offerSmallWindow() {
    const button = /** @type {HTMLElement} */ (this.root.querySelector("[data-small-window]"));
    if (!("documentPictureInPicture" in window)) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const small = await openSmallWindow(this.root, () => {
        this.windows = [window];
        button.hidden = false;
        this.showState();
      });
      button.hidden = true;
      this.watch(small);
      this.showState();
    });
  }

  // What is wrong stands there in red, whatever else was on the page.
  showState() {
    const listens = this.windows.some((one) => one.document.hasFocus());
    const state = listens ? (navigator.onLine && this.reached ? "listening" : "offline") : "away";
    for (const says of this.root.querySelectorAll("[data-says]")) {
      says.toggleAttribute("hidden", /** @type {HTMLElement} */ (says).dataset.says !== state);
    }
  }

  /** @param {string} code */
  take(code) {
    const at = performance.now();
    const again = code === this.last.code && at - this.last.at < SAME_CARD;
    this.last = { code, at };
    if (again) return;
    this.tasks.push({ url: this.root.dataset.scanUrl ?? "", scan: { key: newKey(), code } });
    this.work();
  }

  /** @param {Event} event */
  takeClick(event) {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-undo]"));
    if (!button) return;
    this.tasks.push({ url: button.dataset.undo ?? "", scan: { key: newKey() } });
    button.remove();
    this.work();
  }

  // One after the other, so that the list is in the order of the customers.
  async work() {
    if (this.sending) return;
    this.sending = true;
    while (this.tasks.length) {
      this.waits.textContent = this.tasks.length > 1 ? `${text("sending")} (${this.tasks.length})` : text("sending");
      if (await this.send(this.tasks[0])) this.tasks.shift();
    }
    this.waits.textContent = "";
    this.sending = false;
  }

  /**
   * @param {Task} task
   * @returns {Promise<boolean>} whether it is done with
   */
  async send({ url, scan }) {
    try {
      const answer = await sendScan(url, /** @type {any} */ (scan), PATIENCE);
      this.setReached(true);
      this.addLine(answer);
    } catch (error) {
      if (error instanceof NotReached) {
        this.setReached(false);
        await new Promise((done) => setTimeout(done, 1000));
        return false;
      }
      if (!(error instanceof NoResult)) throw error;
      this.addLine({ outcome: "refused", tone: "bad", html: "" }, text(error.message));
    }
    return true;
  }

  /** @param {boolean} reached */
  setReached(reached) {
    this.reached = reached;
    this.showState();
  }

  /**
   * @param {Answer} answer
   * @param {string} [words] instead of what the server drew
   */
  addLine(answer, words) {
    const tone = answer.tone ?? "attention";
    const { document } = this.root.ownerDocument.defaultView ?? window;
    const line = document.createElement("li");
    line.dataset.tone = tone;
    line.dataset.outcome = answer.outcome;
    const [sign, said] = [document.createElement("span"), document.createElement("div")];
    sign.className = "sign";
    sign.innerHTML = window.document.querySelector(`template[data-sign="${tone}"]`)?.innerHTML ?? "";
    said.className = "words";
    if (words) said.textContent = words;
    else said.innerHTML = answer.html;
    line.append(sign, said);
    this.lines.prepend(line);
    while (this.lines.childElementCount > MOST_LINES) this.lines.lastElementChild?.remove();
    signal(tone);
    if (answer.undo_until) this.countUndo(line, answer.undo_until);
  }

  /**
   * @param {HTMLElement} line
   * @param {number} until
   */
  countUndo(line, until) {
    const button = line.querySelector("[data-undo]");
    if (!button) return;
    const left = button.ownerDocument.createElement("span");
    button.append(" ", left);
    const timer = setInterval(() => {
      const rest = until - this.serverNow();
      left.textContent = clockText(rest);
      if (rest > 0 && button.isConnected) return;
      button.remove();
      clearInterval(timer);
    }, 500);
  }

  // Also while nobody scans: whoever looks sees that the link is down before a customer stands there.
  async askState() {
    if (this.sending) return;
    const response = await fetch(this.root.dataset.stateUrl ?? "", { cache: "no-store" }).catch(() => null);
    if (response?.status === 403) location.reload(); // switched off: the page says what to do
    this.setReached(Boolean(response && response.status < 500));
  }
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-autopilot]"));
if (root) new Autopilot(root);
