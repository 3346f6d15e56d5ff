// SPDX-License-Identifier: Apache-2.0
// The scanner page: camera or typed number in, one answer out, one customer at a time.

import { stayAwake } from "../awake.js";
import { serverClock } from "../server-clock.js";
import { text } from "../texts.js";
import { CameraTrouble, hasTorch, isRunning, startCamera, stopCamera, switchTorch, whyNoCamera } from "./camera.js";
import { Decoder } from "./decoding.js";
import { first, remove, store } from "./queue.js";
import { ResultPanel } from "./result.js";
import { Seen, identityOf } from "./seen.js";
import { NoResult, newKey, sendUntilAnswered } from "./sending.js";
import { allowSound } from "./signals.js";

/** @typedef {import("./queue.js").Scan} Scan */

const LATE = 4000;
const MOMENT = 2500;

class Scanner {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.waiting = /** @type {HTMLElement} */ (root.querySelector("[data-waiting]"));
    this.trouble = /** @type {HTMLElement} */ (root.querySelector("[data-camera-trouble]"));
    this.torch = /** @type {HTMLElement} */ (root.querySelector("[data-torch]"));
    this.seen = new Seen();
    /** @type {Decoder | undefined} */
    this.decoder = undefined;
    this.sending = false;
    this.sent = "";
    this.before = "";
    this.moment = 0;
    const panel = /** @type {HTMLElement} */ (root.querySelector("[data-result]"));
    this.result = new ResultPanel(panel, serverClock(Number(root.dataset.now) || Date.now()));
    this.listen(panel);
    this.tellWhyNoCamera();
  }

  /** @param {HTMLElement} panel */
  listen(panel) {
    this.root.querySelector("[data-start]")?.addEventListener("click", () => this.startCamera());
    this.torch.addEventListener("click", () => this.turnTorch());
    this.root.querySelector("[data-typed]")?.addEventListener("submit", (event) => this.takeTyped(event));
    panel.addEventListener("submit", (event) => this.takeForm(event));
    document.addEventListener("visibilitychange", () => this.followVisibility());
    // Before this moment a tap would have been lost.
    for (const part of this.root.querySelectorAll("[data-awaits-script]")) part.removeAttribute("disabled");
  }

  async startCamera() {
    allowSound();
    stayAwake();
    this.decoder ??= this.makeDecoder();
    try {
      await startCamera(this.video);
    } catch (error) {
      this.showTrouble(error instanceof CameraTrouble ? error.message : "camera_busy");
      return;
    }
    this.trouble.hidden = true;
    this.torch.hidden = !hasTorch(this.video);
    this.torch.setAttribute("aria-pressed", "false");
    this.root.classList.add("running");
    this.decoder.start(this.video);
  }

  // At once, so that nobody taps a button that leads nowhere while a customer waits.
  tellWhyNoCamera() {
    const none = whyNoCamera();
    if (!none) return;
    this.showTrouble(none);
    for (const part of this.root.querySelectorAll("[data-start], [data-point]")) part.setAttribute("hidden", "");
  }

  makeDecoder() {
    const { worker = "", wasm = "" } = this.root.dataset;
    return new Decoder({
      worker,
      wasm,
      onCode: (code) => this.takeSeen(code),
      onTrouble: () => this.giveUpDecoder(),
    });
  }

  // The next tap on the start button tries with a new one: it may only have been the network.
  giveUpDecoder() {
    this.showTrouble("decoder_failed");
    this.decoder = undefined;
  }

  /** @param {string} name */
  showTrouble(name) {
    this.decoder?.stop();
    stopCamera(this.video);
    this.root.classList.remove("running");
    this.trouble.textContent = text(name);
    this.trouble.hidden = false;
  }

  async turnTorch() {
    const on = this.torch.getAttribute("aria-pressed") !== "true";
    await switchTorch(this.video, on);
    this.torch.setAttribute("aria-pressed", String(on));
  }

  // A phone takes the camera away from a page in the background and does not always give it back.
  async followVisibility() {
    if (!this.root.classList.contains("running")) return;
    if (document.visibilityState === "hidden") {
      this.decoder?.stop();
      stopCamera(this.video);
    } else if (!isRunning(this.video)) await this.startCamera();
  }

  /** @param {string} code */
  takeSeen(code) {
    if (this.sending) this.keepWaiting(code);
    else if (this.result.wantsDecision) this.seen.stillThere(code);
    else if (this.seen.isNew(code)) this.take(code);
    else if (!this.result.isOpen) this.sayForMoment("already_counted");
  }

  // The card that is being sent may stay in view; another one is told that it has to wait.
  /** @param {string} code */
  keepWaiting(code) {
    if (identityOf(code) !== this.sent) this.sayForMoment("one_at_a_time", this.waiting.textContent ?? "");
    this.seen.stillThere(code);
  }

  /** @param {Event} event */
  takeTyped(event) {
    event.preventDefault();
    allowSound();
    const form = /** @type {HTMLFormElement} */ (event.target);
    const code = String(new FormData(form).get("code") ?? "").trim();
    if (!code) return;
    if (this.sending) {
      this.sayForMoment("one_at_a_time", this.waiting.textContent ?? ""); // the number stays in the field
      return;
    }
    this.seen.isNew(code);
    form.reset();
    this.take(code);
  }

  /** @param {string} code */
  async take(code) {
    const scan = { key: newKey(), code, at: Date.now() };
    this.result.close();
    this.sent = identityOf(code);
    this.begin();
    await store(scan).catch(() => {}); // a browser that keeps nothing may still send
    await this.send(scan);
  }

  /** @param {Scan} scan */
  async send({ key, code, count }) {
    const body = JSON.stringify(count ? { key, code, count } : { key, code });
    await this.askServer(this.root.dataset.scanUrl ?? "", body, "application/json");
    await remove(key).catch(() => {});
  }

  /**
   * Undo, one more, redeem, an amount: forms in the panel marked `data-act`, answered like a scan.
   * @param {Event} event
   */
  async takeForm(event) {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (form.dataset.act === undefined) return;
    event.preventDefault();
    const button = /** @type {HTMLButtonElement | null} */ (/** @type {SubmitEvent} */ (event).submitter);
    if (this.sending || button?.formMethod === "dialog") return; // Enter in a field, see partials/no_enter.html
    const fields = new FormData(form, button);
    form.dataset.key ??= newKey();
    fields.set("key", form.dataset.key);
    const body = new URLSearchParams(/** @type {any} */ (fields)).toString();
    this.begin();
    await this.askServer(form.action, body, "application/x-www-form-urlencoded");
  }

  /**
   * @param {string} url
   * @param {string} body
   * @param {string} contentType
   */
  async askServer(url, body, contentType) {
    const late = setTimeout(() => this.say("still_sending"), LATE);
    const again = () => this.say(navigator.onLine ? "still_sending" : "no_connection");
    try {
      this.result.show(await sendUntilAnswered(url, body, contentType, again));
    } catch (error) {
      if (!(error instanceof NoResult)) throw error;
      this.result.close();
      this.showTrouble(error.message);
    } finally {
      clearTimeout(late);
      this.finish();
    }
  }

  begin() {
    this.sending = true;
    this.root.classList.add("sending");
    this.root.setAttribute("aria-busy", "true");
    this.say("sending");
  }

  finish() {
    this.sending = false;
    this.root.classList.remove("sending");
    this.root.removeAttribute("aria-busy");
    clearTimeout(this.moment);
    this.moment = 0;
    this.waiting.textContent = "";
  }

  /** @param {string} name */
  say(name) {
    clearTimeout(this.moment);
    this.moment = 0;
    this.waiting.textContent = text(name);
  }

  /**
   * What is said again and again goes on being said; some time after the last time, what was said before stands there.
   * @param {string} name
   * @param {string} [before]
   */
  sayForMoment(name, before = "") {
    if (this.moment) clearTimeout(this.moment);
    else this.before = before;
    this.waiting.textContent = text(name);
    this.moment = window.setTimeout(() => {
      this.moment = 0;
      this.waiting.textContent = this.before;
    }, MOMENT);
  }

  // What an earlier visit to this page could not send.
  async sendLeftovers() {
    for (let scan = await first(); scan && !this.sending; scan = await first()) {
      this.begin();
      await this.send(scan);
    }
  }
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
if (root) new Scanner(root).sendLeftovers().catch(() => {}); // no storage, no leftovers
