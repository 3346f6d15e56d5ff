// SPDX-License-Identifier: Apache-2.0
// The kiosk: the offer in one language after the other, a card before the camera, its answer, and back by itself.
// Without a connection a card is saved, and the customer is told that it will count.

import { stayAwake } from "../awake.js";
import { CameraTrouble, isRunning, startCamera, stopCamera, whyNoCamera } from "../scanner/camera.js";
import { Decoder } from "../scanner/decoding.js";
import { kindOf } from "../stations/codes.js";
import { isKeptPage, mustKeep } from "../stations/kept-scans.js";
import { kept } from "../stations/queue.js";
import { Seen, identityOf } from "../stations/seen.js";
import { NoResult, sendOrKeep } from "../stations/send-scan.js";
import { allowSound, signal } from "../stations/signals.js";
import { text } from "../texts.js";

const SLIDE_LASTS = 8_000;
const ANSWER_LASTS = 10_000;
const PATIENCE = 8_000;
const ASKS_EVERY = 60_000;
const KEPT_PAGE_ASKS_EVERY = 10_000; // the page that opened without a connection gives way to the real one
const CAMERA_EVERY = 10_000; // so often one that is missing, or that another app has, is asked for again
const MOMENT = 2_500;
const CODES_EVERY = 7_000; // half as long as one is on the screen

class Kiosk {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.slides = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-slide]")]);
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.start = /** @type {HTMLElement} */ (root.querySelector("[data-start-part]"));
    this.trouble = /** @type {HTMLElement} */ (root.querySelector("[data-camera-trouble]"));
    this.result = /** @type {HTMLElement} */ (document.querySelector("[data-result]"));
    this.waiting = /** @type {HTMLElement} */ (document.querySelector("[data-waiting]"));
    this.seen = new Seen();
    this.answered = { tone: "", locale: "" };
    /** @type {Decoder | undefined} */
    this.decoder = undefined;
    this.shown = 0;
    this.sending = false;
    this.timer = 0;
    this.moment = 0;
    this.again = 0;
    root.querySelector("[data-start]")?.addEventListener("click", () => this.startByHand());
    document.addEventListener("visibilitychange", () => this.followVisibility());
    setInterval(() => this.turnSlide(), SLIDE_LASTS);
    setInterval(() => this.askState(), isKeptPage() ? KEPT_PAGE_ASKS_EVERY : ASKS_EVERY);
    if (root.dataset.codesUrl) setInterval(() => this.turnCodes(), CODES_EVERY);
  }

  get isIdle() {
    return !this.sending && !this.result.childElementCount;
  }

  // A tap of whoever sets the tablet up: it also allows sound, and the whole screen.
  async startByHand() {
    allowSound();
    document.documentElement.requestFullscreen?.().catch(() => {});
    await this.startCamera();
  }

  async startCamera() {
    clearTimeout(this.again);
    stayAwake();
    const none = whyNoCamera();
    if (none) return this.showTrouble(none);
    this.decoder ??= this.makeDecoder();
    try {
      await startCamera(this.video, () => this.startCamera(), "user");
    } catch (error) {
      return this.showTrouble(error instanceof CameraTrouble ? error.message : "camera_busy");
    }
    allowSound(); // some browsers let a page be heard that has the camera, without a tap
    this.start.hidden = true;
    this.root.classList.add("running");
    this.decoder.start(this.video);
  }

  makeDecoder() {
    const { worker = "", wasm = "" } = this.root.dataset;
    const onTrouble = () => {
      this.decoder = undefined;
      this.showTrouble("decoder_failed");
    };
    return new Decoder({ worker, wasm, onCode: (code) => this.takeSeen(code), onTrouble });
  }

  /** @param {string} name */
  showTrouble(name) {
    this.decoder?.stop();
    stopCamera(this.video);
    this.waiting.replaceChildren(); // of what the camera saw
    this.root.classList.remove("running");
    if (this.trouble.textContent !== text(name)) this.trouble.textContent = text(name); // else it is read aloud each time
    this.trouble.hidden = false;
    this.start.hidden = false;
    // Nobody may be there to tap. One that was forbidden is asked for by a tap alone: the browser would ask each time.
    const mayCome = name === "camera_busy" || name === "camera_missing";
    if (mayCome) this.again = window.setTimeout(() => this.startCamera(), CAMERA_EVERY);
  }

  async followVisibility() {
    if (document.visibilityState === "visible" && this.root.classList.contains("running") && !isRunning(this.video)) {
      await this.startCamera();
    }
  }

  turnSlide() {
    if (!this.isIdle || this.slides.length < 2) return;
    this.slides[this.shown].hidden = true;
    this.shown = (this.shown + 1) % this.slides.length;
    this.slides[this.shown].hidden = false;
  }

  get locale() {
    return this.slides[this.shown]?.lang || document.documentElement.lang;
  }

  /** @param {string} code */
  takeSeen(code) {
    if (this.sending) this.seen.stillThere(code);
    else if (this.seen.isNew(code)) this.take(code);
    else if (this.isIdle) this.sayTakeAway();
  }

  // Whoever leaves a card there is told why nothing happens, for as long as it is seen.
  sayTakeAway() {
    clearTimeout(this.moment);
    const { tone, locale } = this.answered;
    if (!this.waiting.childElementCount) this.waiting.innerHTML = this.sentence(`stays_${tone}`, locale);
    this.moment = window.setTimeout(() => this.waiting.replaceChildren(), MOMENT);
  }

  /** @param {string} code */
  async take(code) {
    this.sending = true;
    const { locale } = this;
    this.show(this.sentence("sending", locale), "plain");
    try {
      if (mustKeep() && (await this.isKept(code))) return this.show(this.sentence("kept_before", locale), "kept");
      const { answer } = await sendOrKeep(this.root.dataset.scanUrl ?? "", code, { locale, patience: PATIENCE });
      if (answer) this.show(answer.html, answer.tone ?? "attention");
      else this.show(this.sentence("kept", locale), "kept");
    } catch (error) {
      if (error instanceof NoResult) return location.reload(); // switched off, or a page of an older release
      this.show(this.sentence(kindOf(code), locale) || this.sentence("no_connection", locale), "attention");
    } finally {
      this.sending = false;
      this.seen.stillThere(identityOf(code));
    }
  }

  // Nobody looks whether a card is held up again and again: within the pause of the kiosk it is kept once.
  /** @param {string} code */
  async isKept(code) {
    const since = Date.now() - Number(this.root.dataset.pause) * 1000;
    const waiting = await kept().catch(() => []);
    return waiting.some((scan) => scan.at > since && identityOf(scan.code) === identityOf(code));
  }

  /**
   * @param {string} html
   * @param {string} tone
   */
  show(html, tone) {
    clearTimeout(this.timer);
    this.result.dataset.tone = tone;
    this.result.innerHTML = html;
    this.root.inert = true;
    this.waiting.replaceChildren();
    if (tone === "plain") return;
    const { lang } = /** @type {HTMLElement} */ (this.result.firstElementChild);
    this.answered = { tone, locale: lang };
    signal(tone);
    this.timer = window.setTimeout(() => this.reset(), ANSWER_LASTS);
  }

  reset() {
    this.result.replaceChildren();
    this.root.inert = false;
  }

  /**
   * Words that must be there without a server.
   * @param {string} name
   * @param {string} locale
   */
  sentence(name, locale) {
    const block = /** @type {HTMLTemplateElement | null} */ (document.querySelector(`template[data-said="${locale}"]`));
    return block?.content.querySelector(`[data-said-of="${name}"]`)?.outerHTML ?? "";
  }

  // The code for customers' own phones is another one every few seconds.
  async turnCodes() {
    const response = await fetch(this.root.dataset.codesUrl ?? "", { cache: "no-store" }).catch(() => null);
    const told = response?.ok ? await response.json().catch(() => null) : null;
    for (const place of this.root.querySelectorAll("[data-code-of]")) {
      const drawn = told?.codes[/** @type {HTMLElement} */ (place).dataset.codeOf ?? ""];
      if (drawn) place.innerHTML = drawn;
    }
  }

  // Another offer, another release, or switched off: the page opens anew while nobody stands there.
  async askState() {
    if (!this.isIdle) return;
    const response = await fetch(this.root.dataset.stateUrl ?? "", { cache: "no-store" }).catch(() => null);
    if (!response || response.status >= 500) return;
    const told = response.ok ? await response.json().catch(() => null) : null;
    if (this.isIdle && told?.state !== this.root.dataset.state) location.reload();
  }
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-kiosk]"));
if (root) new Kiosk(root).startCamera();
