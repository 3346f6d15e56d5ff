// SPDX-License-Identifier: Apache-2.0
// How many scans wait and since when, what came of those that were sent, and sending them.

import { text } from "../texts.js";
import { contactText, givenFacts } from "./facts.js";
import { forgetSettled, kept, numberOf, settled, takeBack } from "./queue.js";
import { canSign, registerKey } from "./signing.js";
import { DATABASE, recall } from "./storage.js";
import { Uploader } from "./uploading.js";

/** @typedef {import("./queue.js").Scan} Scan */
/** @typedef {import("./queue.js").Result} Result */
/** @typedef {import("./queue.js").Settled} Settled */

const DAY = 24 * 3600_000;
const CALM = 60_000;
const STATES = /** @type {const} */ (["counted", "waiting", "refused", "invalid"]);

/** Told with the results of a sending: the page shows one of them where that scan is still on the screen. */
export const SENT = "kept:sent";

/** Told with the sentence about the scans that wait, empty where none does. */
export const WAITING = "kept:waiting";

class KeptScans {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.isQuiet = root.dataset.keptQuiet !== undefined; // before customers: how many wait, and nothing else
    this.chips = /** @type {HTMLElement} */ (root.querySelector("[data-kept-chips]"));
    this.list = root.querySelector("[data-kept-list]");
    this.tabs = new BroadcastChannel(`${DATABASE}-kept-scans`);
    this.waiting = 0;
    this.shown = "";
    const { batchUrl: batch = "", keyUrl: key = "" } = root.dataset;
    this.uploader = new Uploader({ batch, key }, (results) => this.tellAll(results));
    this.tabs.addEventListener("message", ({ data }) => this.hear(data));
    this.part("clear")?.addEventListener("click", () => this.forget());
    for (const part of root.querySelectorAll("[data-kept-unsigned]")) part.toggleAttribute("hidden", canSign);
    setInterval(() => this.show(), CALM);
  }

  /**
   * @param {string} name
   * @returns {HTMLElement | null} a part of the list, which is not shown everywhere
   */
  part(name) {
    return this.root.querySelector(`[data-kept-${name}]`);
  }

  async begin() {
    const facts = givenFacts();
    if (facts) await registerKey(this.root.dataset.keyUrl ?? "", facts.station);
    await this.uploader.wake();
    await this.show();
  }

  /** A scan was kept: it is seen at once, and sent as soon as that is possible. */
  async added() {
    await this.tellAll([]);
    this.uploader.wake();
  }

  /** @param {Result[]} results */
  async tellAll(results) {
    this.tabs.postMessage(results);
    await this.hear(results);
  }

  // Of this tab, or of another that has sent what was scanned in this one.
  /** @param {Result[]} results */
  async hear(results) {
    await this.show();
    if (results.length) document.dispatchEvent(new CustomEvent(SENT, { detail: results }));
  }

  async show() {
    const [scans, told] = [await kept().catch(() => []), await this.worthTelling()];
    const waits = this.sayWaiting(scans);
    const said = this.isQuiet ? waits : [...waits, ...sayTold(told)];
    this.waiting = scans.length;
    this.root.hidden = said.length === 0;
    if (said.join() !== [...this.chips.children].map((chip) => chip.textContent).join()) {
      this.chips.replaceChildren(...said.map((words) => element("span", words)));
      const aloud = this.part("aloud");
      if (aloud) aloud.textContent = said.join(" · ");
    }
    document.dispatchEvent(new CustomEvent(WAITING, { detail: waits.join(" · ") }));
    const isTrouble = this.uploader.trouble === "signed_out" || told.some((one) => !isAsWanted(one));
    this.root.dataset.tone = isTrouble ? "attention" : "";
    await this.drawList(scans, told);
    this.part("clear")?.toggleAttribute("hidden", told.length === 0);
    this.part("explains")?.toggleAttribute("hidden", scans.length === 0);
  }

  /**
   * @param {Scan[]} scans
   * @param {Settled[]} told
   */
  async drawList(scans, told) {
    if (!this.list) return;
    const by = scans.length ? await this.whoActs() : undefined;
    const shown = JSON.stringify([by, scans.map((scan) => [scan.key, scan.takenBack]), told.map((one) => one.key)]);
    if (shown === this.shown) return; // else whoever stands on a button loses it once a minute
    this.shown = shown;
    const waiting = scans.map((scan) => drawWaiting(scan, by === undefined ? undefined : () => this.takeBack(scan, by)));
    const focused = this.list.contains(document.activeElement);
    this.list.replaceChildren(...waiting, ...told.map(drawTold));
    if (focused) /** @type {HTMLElement | null} */ (this.root.querySelector("[data-closes]"))?.focus();
  }

  /** @returns {Promise<string | undefined>} the text of whoever may take back what waits; undefined where nobody may */
  async whoActs() {
    const { keptTakesBack } = this.root.dataset;
    if (keptTakesBack === "device") return contactText();
    const shift = keptTakesBack === "person" ? await recall("shift") : undefined;
    return shift && Date.now() < shift.ends ? shift.text : undefined;
  }

  /**
   * @param {Scan} scan
   * @param {string} by
   */
  async takeBack({ key }, by) {
    await takeBack(key, by);
    await this.added();
  }

  // What came out as it was wanted goes by itself. All else stays until somebody has seen it.
  async worthTelling() {
    const told = await settled().catch(() => []);
    const over = told.filter((one) => isAsWanted(one) && Date.now() - one.settled > CALM);
    if (over.length) await forgetSettled(over);
    return told.filter((one) => !over.includes(one));
  }

  async forget() {
    await forgetSettled(await settled());
    this.part("clear")?.closest("dialog")?.close();
    await this.tellAll([]);
  }

  /** @param {Scan[]} scans */
  sayWaiting(scans) {
    if (!scans.length) return [];
    const oldest = Math.min(...scans.map((scan) => scan.at));
    const name = Date.now() - oldest < DAY ? "kept_since" : "kept_long";
    const words = text(name).replace("{count}", String(scans.length)).replace("{time}", clock(oldest));
    return this.uploader.trouble === "signed_out" ? [words, text("kept_signed_out")] : [words];
  }
}

/** @param {Settled[]} told */
function sayTold(told) {
  const counts = STATES.map((state) => ({ state, count: told.filter((one) => one.state === state).length }));
  const some = counts.filter(({ count }) => count);
  return some.map(({ state, count }) => text(`kept_${state}`).replace("{count}", String(count)));
}

/** @param {Settled} told */
function isAsWanted({ state, tookBack }) {
  return state === (tookBack ? "refused" : "counted");
}

/**
 * @param {Scan} scan
 * @param {() => void} [takesBack]
 */
function drawWaiting({ at, code, name = "", takenBack }, takesBack) {
  const isOut = takenBack !== undefined;
  const line = drawLine("", whenOf(at), numberOf(code), name, text(isOut ? "kept_taken_back" : "kept_not_sent"));
  if (isOut || !takesBack) return line;
  const button = /** @type {HTMLButtonElement} */ (element("button", text("kept_take_back")));
  button.type = "button";
  button.className = "button small";
  button.addEventListener("click", takesBack, { once: true });
  line.append(button);
  return line;
}

/** @param {Settled} told */
function drawTold({ state, at, number, name = "", words, why, tookBack }) {
  const late = tookBack && state === "counted" && !name ? text("kept_too_late") : "";
  return drawLine(state, whenOf(at), number, name, words || text("kept_unreadable"), why, late);
}

/**
 * @param {string} state
 * @param {string} when
 * @param {string} number
 * @param {string[]} words
 */
function drawLine(state, when, number, ...words) {
  const line = element("li", "");
  line.dataset.state = state;
  const head = element("p", "");
  const shown = element("bdi", number);
  shown.dir = "ltr";
  head.append(element("span", when), shown);
  line.append(head, ...words.filter(Boolean).map((sentence) => element("p", sentence)));
  return line;
}

/**
 * @param {string} name
 * @param {string} words
 */
function element(name, words) {
  const made = document.createElement(name);
  made.textContent = words;
  return made;
}

/**
 * With the day where that is not clear: 2026-11-22 09:05
 * @param {number} at
 */
function whenOf(at) {
  if (Math.abs(Date.now() - at) < DAY) return clock(at);
  const moment = new Date(at);
  const month = String(moment.getMonth() + 1).padStart(2, "0");
  return `${moment.getFullYear()}-${month}-${String(moment.getDate()).padStart(2, "0")} ${clock(at)}`;
}

/**
 * By the phone's own clock, in digits that are the same in every language: 09:05
 * @param {number} at
 */
export function clock(at) {
  const moment = new Date(at);
  return [moment.getHours(), moment.getMinutes()].map((part) => String(part).padStart(2, "0")).join(":");
}

const root = /** @type {HTMLElement | null} */ (document.querySelector("[data-kept]"));
const keptScans = root && new KeptScans(root);
keptScans?.begin().catch(() => {}); // a browser that keeps nothing has nothing to send

/** A scan was kept on this page. */
export async function tellKept() {
  await keptScans?.added();
}

/**
 * Behind others that wait it is in its order, and nobody waits in vain for each.
 * @returns {boolean} whether a scan is not even asked for
 */
export function mustKeep() {
  return !navigator.onLine || Boolean(keptScans?.waiting) || isKeptPage();
}

/** @returns {boolean} whether this is the page that the worker keeps, whatever the browser says of the network */
export function isKeptPage() {
  return document.querySelector("[data-kept-page]") !== null;
}
