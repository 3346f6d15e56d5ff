// SPDX-License-Identifier: Apache-2.0
// A barcode scanner that types: its keys are told from a person's by their pace, wherever the focus is, and read in
// three ways: as the computer's keyboard layout makes them, as the keys lie on the scanner's own US keyboard, and so
// without caps lock. What they stand for is told by layouts.js.

const FAST = 50; // milliseconds between two keys; nobody types like that for long
const SHORTEST = 4;
const MOSTLY = 0.7;
const PAUSE = 450;
const LATE = 60;

/** @type {Record<string, [string, string]>} */
const US_KEYS = {
  Minus: ["-", "_"], Equal: ["=", "+"], BracketLeft: ["[", "{"], BracketRight: ["]", "}"], Backslash: ["\\", "|"],
  Semicolon: [";", ":"], Quote: ["'", '"'], Comma: [",", "<"], Period: [".", ">"], Slash: ["/", "?"],
  Backquote: ["`", "~"], Space: [" ", " "], IntlBackslash: ["\\", "|"],
};
const US_DIGITS = ")!@#$%^&*(";
const ENDS = ["Enter", "NumpadEnter", "Tab"];

/** @typedef {import("./layouts.js").Scan} Scan */
/** @typedef {{at: number, key: string, place: string, plain: string}} Stroke `plain` is without caps lock */

export class Wedge {
  /** @type {Stroke[]} */
  #strokes = [];
  #timer = 0;
  #lastAt = 0;
  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
  #field = null;
  #before = "";

  /** @param {(scan: Scan) => void} onScan */
  constructor(onScan) {
    this.onScan = onScan;
  }

  /** @param {Window} window */
  listen(window) {
    window.addEventListener("keydown", (event) => this.#take(event), { capture: true });
  }

  /** @param {KeyboardEvent} event */
  #take(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (ENDS.includes(event.code) || ENDS.includes(event.key)) return this.#end(event);
    const place = placeOf(event, event.shiftKey !== event.getModifierState("CapsLock"));
    const key = event.key.length === 1 ? event.key : "";
    if (!key && !place) return;
    // The moment when the key was pressed, not when a busy page got round to it.
    const fast = this.#strokes.length > 0 && event.timeStamp - this.#lastAt <= FAST;
    if (!fast) this.#begin(event);
    this.#strokes.push({ at: event.timeStamp, key, place, plain: placeOf(event, event.shiftKey) });
    this.#lastAt = event.timeStamp;
    if (this.#strokes.length >= 3) this.#swallow(event);
    this.#waitForEnd();
  }

  /**
   * A key after a pause: what came before it was typed by hand, unless it was a whole scan without an end.
   * @param {KeyboardEvent} event
   */
  #begin(event) {
    this.#finish();
    const target = event.composedPath()[0];
    this.#field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : null;
    this.#before = this.#field?.value ?? "";
  }

  /** @param {KeyboardEvent} event */
  #end(event) {
    if (event.timeStamp - this.#lastAt > PAUSE) this.#strokes = [];
    if (!this.#isScan) {
      this.#strokes = []; // Enter of a person
      return;
    }
    this.#swallow(event);
    this.#finish(true);
  }

  get #isScan() {
    if (this.#strokes.length < SHORTEST) return false;
    const gaps = this.#strokes.slice(1).map((stroke, before) => stroke.at - this.#strokes[before].at);
    return gaps.filter((gap) => gap <= FAST).length >= gaps.length * MOSTLY;
  }

  // Neither a button nor a form may react to what a scanner types.
  /** @param {KeyboardEvent} event */
  #swallow(event) {
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.#field && this.#field.value !== this.#before) this.#field.value = this.#before;
  }

  #waitForEnd() {
    clearTimeout(this.#timer);
    const asked = performance.now();
    this.#timer = window.setTimeout(() => {
      // A page that was busy has not seen all keys yet.
      if (performance.now() - asked > PAUSE + LATE) this.#waitForEnd();
      else this.#finish();
    }, PAUSE);
  }

  #finish(ended = false) {
    clearTimeout(this.#timer);
    const strokes = this.#strokes;
    const isScan = this.#isScan;
    this.#strokes = [];
    if (isScan) this.onScan({ ...readingsOf(strokes), ended });
  }
}

/** @param {Stroke[]} strokes */
function readingsOf(strokes) {
  const lying = strokes.map((stroke) => stroke.place || stroke.key).join("");
  const plain = strokes.map((stroke) => stroke.plain || stroke.key).join("");
  const typed = strokes.every((stroke) => stroke.key) ? strokes.map((stroke) => stroke.key).join("") : lying;
  return { typed, lying, plain };
}

/**
 * What the key stands for on the keyboard that scanners pretend to be.
 * @param {KeyboardEvent} event
 * @param {boolean} capital
 */
function placeOf(event, capital) {
  const { code } = event;
  if (/^Key[A-Z]$/.test(code)) return capital ? code[3] : code[3].toLowerCase();
  if (/^Digit[0-9]$/.test(code)) return event.shiftKey ? US_DIGITS[Number(code[5])] : code[5];
  if (/^Numpad[0-9]$/.test(code)) return code[6];
  return US_KEYS[code]?.[event.shiftKey ? 1 : 0] ?? "";
}
