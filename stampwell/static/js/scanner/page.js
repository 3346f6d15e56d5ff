// SPDX-License-Identifier: Apache-2.0
// The scanner page: a code in, one answer out. What is not answered soon is kept and sent later.

import { stayAwake } from "../awake.js";
import { serverClock } from "../server-clock.js";
import { SENT, clock, isKeptPage, mustKeep, tellKept } from "../stations/kept-scans.js";
import { amend, keep, remove, store, takeBack } from "../stations/queue.js";
import { Seen, identityOf, isVoucher } from "../stations/seen.js";
import { NoResult, ONE_TRY, newKey, sendUntil } from "../stations/sending.js";
import { allowSound } from "../stations/signals.js";
import { text } from "../texts.js";
import { askAmount } from "./amount-pad.js";
import { isMistyped, savedBefore } from "./before-saving.js";
import { CameraTrouble, hasTorch, isRunning, startCamera, stopCamera, switchTorch, whyNoCamera } from "./camera.js";
import { Decoder } from "./decoding.js";
import { askReward, isHandedOut } from "./handing-out.js";
import { ResultPanel } from "./result.js";
import { currentShift, isOver, knownFacts } from "./shift.js";
import { StatusLine } from "./status-line.js";

/** @typedef {import("../stations/queue.js").Scan} Scan */
/** @typedef {import("../stations/queue.js").Result} Result */

const FORM = "application/x-www-form-urlencoded";
const LATE = 2000;
const ACT_PATIENCE = 20_000;
const LONG_MOMENT = 6000;

class Scanner {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.video = /** @type {HTMLVideoElement} */ (root.querySelector("video"));
    this.status = new StatusLine(/** @type {HTMLElement} */ (root.querySelector("[data-waiting]")));
    this.trouble = /** @type {HTMLElement} */ (root.querySelector("[data-camera-trouble]"));
    this.torch = /** @type {HTMLElement} */ (root.querySelector("[data-torch]"));
    this.seen = new Seen();
    /** @type {Decoder | undefined} */
    this.decoder = undefined;
    this.sending = false;
    this.sent = "";
    this.shown = ""; // the key of the scan of which it is said that it was saved
    /** @type {Set<string>} */
    this.saved = new Set();
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
    this.root.addEventListener("finding:asked", (event) => this.find(/** @type {CustomEvent} */ (event).detail));
    document.addEventListener("visibilitychange", () => this.followVisibility());
    document.addEventListener(SENT, (event) => this.showSettled(/** @type {CustomEvent} */ (event).detail));
    // Before this moment a tap would have been lost.
    for (const part of this.root.querySelectorAll("[data-awaits-script]")) part.removeAttribute("disabled");
  }

  async startCamera() {
    allowSound();
    stayAwake();
    this.decoder ??= this.makeDecoder();
    try {
      await startCamera(this.video, () => this.startCamera());
    } catch (error) {
      this.showTrouble(error instanceof CameraTrouble ? error.message : "camera_busy");
      return;
    }
    this.trouble.hidden = true;
    this.torch.hidden = !hasTorch(this.video);
    this.torch.setAttribute("aria-pressed", "false");
    this.root.classList.add("running");
    this.decoder.start(this.video);
    if (!isKeptPage()) this.offerChoice().catch(() => {}); // its module is not kept
  }

  async offerChoice() {
    const { offerChoice } = await import("./camera-choice.js");
    await offerChoice(this.root, this.video, () => this.startCamera());
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
    const isDone = await switchTorch(this.video, on).then(() => true, () => false); // another app may have the light
    if (isDone) this.torch.setAttribute("aria-pressed", String(on));
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
    // Of a new one nobody would see what came of it; the card of before may stay in view all the time.
    if (document.querySelector("dialog[open]")) this.seen.stillThere(code);
    else if (this.sending) this.keepWaiting(code);
    else if (this.result.wantsDecision) this.seen.stillThere(code);
    else if (this.seen.isNew(code)) this.take(code);
    else if (!this.result.isOpen) {
      this.status.sayForMoment(this.saved.has(identityOf(code)) ? "already_saved" : "already_counted");
    }
  }

  // The card that is being sent may stay in view; another one is told that it has to wait.
  /** @param {string} code */
  keepWaiting(code) {
    if (identityOf(code) !== this.sent) this.status.sayForMoment("one_at_a_time", { before: this.status.words });
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
      this.status.sayForMoment("one_at_a_time", { before: this.status.words }); // the number stays in the field
      return;
    }
    this.seen.isNew(code);
    form.reset();
    this.take(code);
  }

  // finding.js. The words stay in the field: often one more is needed.
  /** @param {{url: string, body: string}} asked */
  async find({ url, body }) {
    if (this.sending) return;
    this.begin();
    if (await this.askServer(url, body, FORM, navigator.onLine ? LATE * 2 : ONE_TRY)) return;
    this.finish();
    this.result.show({ outcome: "refused", tone: "attention", html: this.html("find-offline-panel") });
  }

  /** @param {string} code */
  async take(code) {
    if (mustKeep() && navigator.serviceWorker?.controller && (await isOver())) {
      location.reload(); // the page that opens without a connection asks who works now
      return;
    }
    const shift = await currentShift();
    const scan = { key: newKey(), code, at: Date.now(), shift: shift?.text ?? "" };
    this.result.close();
    this.shown = "";
    this.sent = identityOf(code);
    this.begin();
    if (isVoucher(code)) return this.askForReward(scan);
    const isStored = await store(scan).then(() => true, () => false);
    if (isStored && mustKeep()) return this.keep(scan);
    const answer = await this.ask(scan, isStored ? LATE : Infinity); // a browser that keeps nothing may still send
    if (answer === null) return this.keep(scan, { wasSent: true });
    await remove(scan.key).catch(() => {});
  }

  /**
   * @param {Scan} scan
   * @param {number} patience
   * @returns {Promise<true | null>} null where no answer has come in time
   */
  async ask({ key, code }, patience) {
    const body = JSON.stringify({ key, code });
    return this.askServer(this.root.dataset.scanUrl ?? "", body, "application/json", patience);
  }

  /**
   * @param {Scan} scan
   * @param {{wasSent?: boolean}} [how] whether the server may know of it already
   */
  async keep(scan, { wasSent = false } = {}) {
    this.finish();
    if (isMistyped(scan.code)) {
      await remove(scan.key);
      return this.refuse("mistyped-panel");
    }
    if (!wasSent && !(await this.isWantedAgain(scan))) return;
    if (!(await this.addAmount(scan))) return wasSent ? this.cancelSent(scan) : remove(scan.key);
    await this.keepStored(scan, "kept-panel");
  }

  // A scan that is asked about is stored nowhere: else whoever comes to this page later would save it.
  /** @param {Scan} scan */
  async isWantedAgain(scan) {
    const before = await savedBefore(scan);
    if (!before) return true;
    await remove(scan.key);
    const html = this.html("again-panel").replace("{time}", clock(before));
    const another = { id: "another", name: text("save_too"), program: "" };
    const isWanted = await askReward(this.result, html, [another], "again");
    if (isWanted) await store(scan);
    return isWanted;
  }

  /**
   * @param {Scan} scan
   * @param {string} panel
   */
  async keepStored(scan, panel) {
    await keep(scan);
    this.saved.add(identityOf(scan.code));
    this.shown = scan.key;
    this.result.show({ outcome: "kept", tone: "kept", html: this.html(panel) });
    await tellKept();
  }

  // It may have counted, and its answer be on the way: the server says what came of it.
  /** @param {Scan} scan */
  async cancelSent(scan) {
    await takeBack(scan.key, scan.shift ?? "");
    await keep(scan);
    await tellKept();
  }

  // Only the server knows whether a card collects by amount: it is asked for where one of the shop's may. Whoever scans
  // the next card instead saves this one without, and the owner decides it.
  /**
   * @param {Scan} scan
   * @returns {Promise<boolean>} false where somebody cancelled it
   */
  async addAmount(scan) {
    const wanted = (await knownFacts())?.amounts;
    if (!wanted) return true;
    await amend(scan.key, { asking: Date.now() });
    let isWithout = false;
    const asked = askAmount(this.result, wanted.amounts);
    const button = this.root.querySelector("[data-result] [data-without-amount]");
    button?.toggleAttribute("hidden", wanted.always);
    button?.addEventListener("click", () => {
      isWithout = true;
      this.result.close();
    });
    const amount = await asked;
    if (amount === null) return isWithout || this.sending;
    await amend(scan.key, { amount });
    return true;
  }

  // What is handed out cannot be taken back, and the phones cannot ask each other: only what the shop allows.
  /** @param {Scan} scan */
  async askForReward(scan) {
    if (!isKeptPage() && (await this.ask(scan, navigator.onLine ? LATE * 2 : ONE_TRY))) return;
    this.finish();
    const rewards = (await knownFacts())?.rewards ?? [];
    if (!rewards.length) return this.refuse("no-reward-panel");
    if (await isHandedOut(scan.code)) return this.refuse("reward-again-panel");
    const reward = await askReward(this.result, this.html("reward-panel"), rewards);
    if (!reward) return;
    const handed = { ...scan, key: newKey(), at: Date.now(), reward: reward.id, name: reward.name };
    const isStored = await store(handed).then(() => true, () => false);
    await (isStored ? this.keepStored(handed, "reward-kept-panel") : this.refuse("no-reward-panel"));
  }

  /** @param {string} panel */
  refuse(panel) {
    this.result.show({ outcome: "refused", tone: "attention", html: this.html(panel) });
  }

  // The connection came back while it was still said of a scan that it was saved: now it is said what came of it.
  /** @param {Result[]} results */
  showSettled(results) {
    const [result] = results.filter(({ key, state }) => key === this.shown && state !== "later");
    if (!result || !this.result.isOpen || this.sending) return;
    this.shown = "";
    this.result.show({ outcome: result.state, tone: toneOf(result.tone), html: this.html("settled-panel") });
    for (const name of /** @type {const} */ (["words", "why"])) {
      const place = this.root.querySelector(`[data-result] [data-${name}]`);
      if (place) place.textContent = result[name] ?? "";
    }
  }

  /** @param {string} name */
  html(name) {
    return this.root.querySelector(`template[data-${name}]`)?.innerHTML ?? "";
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
    const url = form.action;
    const patience = navigator.onLine ? ACT_PATIENCE : ONE_TRY;
    if (await this.askServer(url, body, FORM, patience)) return;
    this.finish();
    this.status.sayForMoment("act_not_sent", { lasts: LONG_MOMENT }); // the form stays, with its key: done once, however often tapped
  }

  /**
   * @param {string} url
   * @param {string} body
   * @param {string} contentType
   * @param {number} patience
   * @returns {Promise<true | null>} null where no answer has come in time
   */
  async askServer(url, body, contentType, patience) {
    const again = () => this.status.say("still_sending");
    try {
      const answer = await sendUntil(performance.now() + patience, { url, body, contentType, onTryAgain: again });
      if (answer) this.result.show(answer);
      else return null;
    } catch (error) {
      if (!(error instanceof NoResult)) throw error;
      this.result.close();
      this.showTrouble(error.message);
    }
    this.finish();
    return true;
  }

  begin() {
    this.sending = true;
    this.root.classList.add("sending");
    this.root.setAttribute("aria-busy", "true");
    this.status.say("sending");
  }

  finish() {
    this.sending = false;
    this.root.classList.remove("sending");
    this.root.removeAttribute("aria-busy");
    this.status.clear();
  }
}

/**
 * @param {string | undefined} tone
 * @returns {"good" | "attention" | "bad"}
 */
function toneOf(tone) {
  return tone === "good" || tone === "bad" ? tone : "attention";
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-scanner]"));
if (root) new Scanner(root);
