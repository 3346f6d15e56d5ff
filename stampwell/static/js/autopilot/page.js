// SPDX-License-Identifier: Apache-2.0
// The autopilot: the barcode scanner types, each code is sent in its order, the last five answers stay in sight. A card
// that gets no answer is saved, and counts when the connection is back.

import { clockText } from "../clock-text.js";
import { serverClock } from "../server-clock.js";
import { kindOf } from "../stations/codes.js";
import { SENT, WAITING, isKeptPage } from "../stations/kept-scans.js";
import { NoResult, NotReached, send, sendOrKeep } from "../stations/send-scan.js";
import { newKey } from "../stations/sending.js";
import { allowSound, signal } from "../stations/signals.js";
import { text } from "../texts.js";
import { Setup } from "./setup.js";
import { openSmallWindow } from "./small-window.js";
import { Wedge } from "./wedge.js";

/** @typedef {import("../stations/send-scan.js").Answer} Answer */

const MOST_LINES = 5;
const PATIENCE = 4_000; // of what is not saved: the next customer waits behind it
const UNDO_PATIENCE = 20_000;
const ASKS_EVERY = 15_000;
const SAME_CARD = 2_000; // a scanner in its stand reads a card twice

class Autopilot {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.lines = /** @type {HTMLElement} */ (root.querySelector("[data-lines]"));
    this.waits = /** @type {HTMLElement} */ (root.querySelector("[data-waits]"));
    this.serverNow = serverClock(Number(root.dataset.now) || Date.now());
    /** @type {string[]} */
    this.codes = [];
    this.sending = false;
    this.undoing = 0;
    this.reached = !isKeptPage();
    this.last = { code: "", at: 0 };
    /** @type {Window[]} */
    this.windows = [];
    this.setup = new Setup(root, {
      onCode: (code) => this.take(code),
      onChange: () => this.showState(),
      say: (tone, html) => this.addLine({ outcome: "set_up", tone, html }),
    });
    this.wedge = new Wedge((scan) => this.take(this.setup.read(scan)));
    this.watch(window);
    for (const kind of ["online", "offline"]) window.addEventListener(kind, () => this.showState());
    window.addEventListener("online", () => this.askState());
    window.addEventListener("beforeunload", (event) => {
      if (this.codes.length) event.preventDefault();
    });
    document.addEventListener(SENT, (event) => this.showSettled(/** @type {CustomEvent} */ (event).detail));
    document.addEventListener(WAITING, (event) => this.sayWaiting(/** @type {CustomEvent} */ (event).detail));
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
    const direct = this.setup.direct.state;
    const listens = direct === "open" || this.windows.some((one) => one.document.hasFocus());
    const isThere = navigator.onLine && this.reached;
    const state = direct === "gone" ? "unplugged" : !listens ? "away" : isThere ? "listening" : "offline";
    for (const says of this.root.querySelectorAll("[data-says]")) {
      says.toggleAttribute("hidden", /** @type {HTMLElement} */ (says).dataset.says !== state);
    }
  }

  /** @param {string} code "" where it was none of a customer's */
  take(code) {
    if (!code) return;
    const at = performance.now();
    const again = code === this.last.code && at - this.last.at < SAME_CARD;
    this.last = { code, at };
    if (again) return;
    this.codes.push(code);
    this.work();
  }

  // What was said to be saved has counted by now, or has not.
  /** @param {import("../stations/queue.js").Result[]} results */
  showSettled(results) {
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (this.lines.querySelectorAll("[data-key]"))) {
      const result = results.find(({ key, state }) => key === line.dataset.key && state !== "later");
      if (!result) continue;
      this.mark(line, result.state, result.tone ?? "attention");
      const said = [result.words, result.why ?? ""].filter(Boolean).map((sentence, place) => {
        const made = line.ownerDocument.createElement("p");
        made.className = place ? "" : "title";
        made.textContent = sentence;
        return made;
      });
      line.querySelector(".words")?.replaceChildren(...said);
      delete line.dataset.key;
    }
  }

  // Here too, for the header does not come along into the small window.
  /** @param {string} words */
  sayWaiting(words) {
    const place = /** @type {HTMLElement} */ (this.root.querySelector("[data-still-saved]"));
    if (place.textContent && !words) this.setReached(true); // all of them were sent
    place.textContent = words;
  }

  /** @param {Event} event */
  takeClick(event) {
    const button = /** @type {HTMLElement | null} */ (/** @type {Element} */ (event.target).closest("[data-undo]"));
    if (!button) return;
    const url = button.dataset.undo ?? "";
    button.remove();
    this.undo(url);
  }

  /** @param {string} url */
  async undo(url) {
    this.undoing += 1;
    try {
      this.addLine(await send(url, { key: newKey() }, UNDO_PATIENCE));
    } catch (error) {
      this.addWords(text(error instanceof NoResult ? error.message : "undo_not_sent"));
    } finally {
      this.undoing -= 1;
      this.noteBusy();
    }
  }

  // One after the other, so that the list is in the order of the customers.
  async work() {
    if (this.sending) return;
    this.sending = true;
    this.root.toggleAttribute("data-busy", true);
    while (this.codes.length) {
      this.waits.textContent = this.codes.length > 1 ? `${text("sending")} (${this.codes.length})` : text("sending");
      await this.send(this.codes[0]);
      this.codes.shift();
    }
    this.waits.textContent = "";
    this.sending = false;
    this.noteBusy();
  }

  /** @param {string} code */
  async send(code) {
    try {
      const { answer, kept } = await sendOrKeep(this.root.dataset.scanUrl ?? "", code, { patience: PATIENCE });
      this.setReached(Boolean(answer));
      const line = this.addLine(answer ?? { outcome: "kept", tone: "kept", html: this.said("kept") });
      if (kept) line.dataset.key = kept;
    } catch (error) {
      if (error instanceof NotReached) {
        this.setReached(false);
        const kind = kindOf(code);
        const html = this.said(kind === "card" ? "not_saved" : kind);
        this.addLine({ outcome: "refused", tone: kind === "voucher" ? "attention" : "bad", html });
      } else if (error instanceof NoResult) this.addWords(text(error.message));
      else throw error;
    }
  }

  // The page is not opened anew while somebody could still undo something.
  noteBusy() {
    const open = Boolean(/** @type {any} */ (window).documentPictureInPicture?.window);
    this.root.toggleAttribute("data-busy", open || this.sending || this.undoing > 0 || Boolean(this.root.querySelector("[data-undo]")));
  }

  /** @param {string} name */
  said(name) {
    return document.querySelector(`template[data-said="${name}"]`)?.innerHTML ?? "";
  }

  /** @param {boolean} reached */
  setReached(reached) {
    this.reached = reached;
    this.showState();
  }

  /** @param {Answer} answer */
  addLine(answer) {
    const line = this.drawLine(answer.outcome, answer.tone ?? "attention");
    /** @type {HTMLElement} */ (line.querySelector(".words")).innerHTML = answer.html;
    if (answer.undo_until) this.countUndo(line, answer.undo_until);
    this.noteBusy();
    return line;
  }

  /** @param {string} words instead of what the server draws */
  addWords(words) {
    /** @type {HTMLElement} */ (this.drawLine("refused", "bad").querySelector(".words")).textContent = words;
  }

  /**
   * @param {HTMLElement} line
   * @param {string} outcome
   * @param {string} tone
   */
  mark(line, outcome, tone) {
    line.dataset.tone = tone;
    line.dataset.outcome = outcome;
    const sign = /** @type {HTMLElement} */ (line.querySelector(".sign"));
    sign.innerHTML = document.querySelector(`template[data-sign="${tone}"]`)?.innerHTML ?? "";
  }

  /**
   * @param {string} outcome
   * @param {string} tone
   */
  drawLine(outcome, tone) {
    const { document } = this.root.ownerDocument.defaultView ?? window;
    const line = document.createElement("li");
    const [sign, said] = [document.createElement("span"), document.createElement("div")];
    sign.className = "sign";
    said.className = "words";
    line.append(sign, said);
    this.mark(line, outcome, tone);
    this.lines.prepend(line);
    while (this.lines.childElementCount > MOST_LINES) this.lines.lastElementChild?.remove();
    signal(tone);
    return line;
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
      this.noteBusy();
    }, 500);
  }

  // Also while nobody scans: whoever looks sees that the link is down before a customer stands there.
  async askState() {
    if (this.sending) return;
    const response = await fetch(this.root.dataset.stateUrl ?? "", { cache: "no-store" }).catch(() => null);
    if (response?.status === 403) location.reload(); // switched off: the page says what to do
    this.setReached(Boolean(response && response.status < 500));
    if (this.reached && isKeptPage() && !this.sending) location.reload();
  }
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-autopilot]"));
if (root) new Autopilot(root);
