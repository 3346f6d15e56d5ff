// SPDX-License-Identifier: Apache-2.0
// A barcode scanner that types: its keys are told from a person's by their pace, wherever the focus is, and read in
// three ways: as the computer's keyboard layout makes them, as the keys lie on the scanner's own US keyboard, and so
// without caps lock.

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

// What our own codes look like, so that the reading which makes sense is taken.
const OURS = [
  /^[CV][B-HJ-LNPR-U]{32}$/i,
  /^SW1:[0-9]{8}:(?:[0-9]{1,12}:)?[0-9]{8}$/i,
  /\/[cv]\/[a-z0-9-]{1,40}\/[0-9a-f]{32}(?:[/?#].*)?$/i,
  /^(?:.*\/R\/[A-Z0-9-]{1,40}\/)?R[0-9A-HJKMNP-TV-Z]{26}(?:[/?#].*)?$/i, // a receipt code, alone or in its link
];

/** @typedef {{at: number, key: string, place: string, plain: string}} Stroke `plain` is without caps lock */

export class Wedge {
  /** @type {Stroke[]} */
  #strokes = [];
  #timer = 0;
  #lastAt = 0;
  /** @type {HTMLInputElement | HTMLTextAreaElement | null} */
  #field = null;
  #before = "";

  /** @param {(code: string) => void} onCode */
  constructor(onCode) {
    this.onCode = onCode;
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
    this.#finish();
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

  #finish() {
    clearTimeout(this.#timer);
    const strokes = this.#strokes;
    const isScan = this.#isScan;
    this.#strokes = [];
    if (isScan) this.onCode(readingOf(strokes));
  }
}

/**
 * The text that makes sense: as typed, or as the keys lie, or so without caps lock, which turns capitals round.
 * @param {Stroke[]} strokes
 */
export function readingOf(strokes) {
  const typed = strokes.map((stroke) => stroke.key || stroke.place).join("");
  const lying = strokes.map((stroke) => stroke.place || stroke.key).join("");
  const whole = strokes.every((stroke) => stroke.key);
  const plain = strokes.map((stroke) => stroke.plain || stroke.key).join("");
  const found = [typed, lying, plain].find((text) => OURS.some((ours) => ours.test(text)));
  return (found ?? (whole && !/[^\x20-\x7e]/.test(typed) ? typed : lying)).trim();
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
