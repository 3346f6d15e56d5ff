// SPDX-License-Identifier: Apache-2.0
// What the signs of a scan stand for. A scanner, or the computer, may be set to another keyboard; what becomes of each sign
// is learned from one code that holds all signs of ours twice, in an order that both sides know.

/**
 * @typedef {{typed: string, lying: string, plain: string, ended: boolean}} Scan
 * a scan as the computer's keyboard made it, as the keys lie on a US keyboard, and so without caps lock; `ended` by a key
 * @typedef {{reading: "typed" | "plain", signs: string, before: number, after: number, direct?: boolean}} Layout
 * what arrives instead of our signs, how many more the scanner puts around a code, and whether it does not type
 * @typedef {{outcome: "fine" | "learned" | "lost" | "mixed", layout?: Layout, capsLock: boolean, ended: boolean}} Learned
 */

const MOST_AROUND = 8;
const MANY = 36; // more different signs than any code of ours has but this one
const LONG = 90;

// What our own codes look like, so that the reading which makes sense is taken. Stricter than stations/codes.js and
// stations/seen.js, which say what kind of code one is: a reading that is damaged must not pass.
const OURS = [
  /^[CV][B-HJ-LNPR-U]{32}$/i,
  /^SW1:[0-9]{8}:(?:[0-9]{1,12}:)?[0-9]{8}$/i,
  /^https?:\/\/.*\/[cv]\/[a-z0-9-]{1,40}\/[0-9a-f]{32}(?:[/?#].*)?$/i,
  /^(?:https?:\/\/.*\/R\/[A-Z0-9-]{1,40}\/)?R[0-9A-HJKMNP-TV-Z]{26}(?:[/?#].*)?$/i, // a receipt code, alone or in its link
];

// The same whatever became of each sign: what stood there twice still does.
const GARBLED = [/^[^0-9]{33}$/, /^...(.).{8}\1(?:.{1,12}\1)?.{8}$/, /^.(.)\1..?.(.)\2.{30}/];
const NOT_GARBLED = /^(?:https?:\/\/|SW1:)/i;
const SYMBOLOGY = /^\][a-z][0-9a-z](?=.)/i; // some scanners say which kind of barcode it was

/**
 * The text that makes sense: as the layouts that were learned have it, as typed, as the keys lie, or so without caps lock,
 * which turns capitals round.
 * @param {Scan} scan
 * @param {Layout[]} layouts
 * @param {string} signs all of ours, in their order
 */
export function readingOf(scan, layouts, signs) {
  const { typed, lying, plain } = scan;
  const learned = layouts.map((layout) => undo(scan, layout, signs));
  const usual = /[^\x20-\x7e]/.test(typed) ? lying : typed;
  const readings = [...learned, typed, lying, plain, learned[0] ?? usual].map(tidy);
  // The barcode of a product is a number, and stays one whatever was learned of another scanner.
  const found = readings.find((text) => OURS.some((ours) => ours.test(text))) ?? readings.find((text) => /^\d+$/.test(text));
  return found ?? /** @type {string} */ (readings.at(-1));
}

/**
 * @param {string} text
 * @returns {boolean} whether it looks like a code of ours that came through another keyboard
 */
export function isGarbled(text) {
  if (NOT_GARBLED.test(text) || OURS.some((ours) => ours.test(text))) return false;
  return GARBLED.some((shape) => shape.test(text));
}

/**
 * @param {Scan} scan
 * @param {string} signs
 * @returns {Learned | null} null where it was not the code that holds all signs
 */
export function learn(scan, signs) {
  const readings = [scan.typed, scan.lying, scan.plain].map(tidy);
  const found = readings.map((text) => findTwice(text, signs.length));
  const capsLock = found[0]?.signs === swapCase(signs);
  const about = { capsLock, ended: scan.ended };
  if (found.some((one) => one && !one.before && !one.after && isSame(one.signs, signs))) return { outcome: "fine", ...about };
  if (!found.some(Boolean)) return readings.some(isDamaged) ? { outcome: "lost", ...about } : null;
  if (found[2] && isTold(found[2].signs, signs)) return { outcome: "learned", layout: { reading: "plain", ...found[2] }, ...about };
  if (found[0] && isTold(found[0].signs, signs)) return { outcome: "learned", layout: { reading: "typed", ...found[0] }, ...about };
  return { outcome: "mixed", ...about };
}

/** @param {string} text */
function tidy(text) {
  return text.trim().replace(SYMBOLOGY, "");
}

/**
 * @param {Scan} scan
 * @param {Layout} layout
 * @param {string} signs
 */
function undo(scan, layout, signs) {
  const text = tidy(scan[layout.reading]).slice(layout.before, layout.after ? -layout.after : undefined);
  return Array.from(text, (sign) => signs[layout.signs.indexOf(sign)] ?? sign).join("");
}

/**
 * @param {string} text
 * @param {number} length
 * @returns {{signs: string, before: number, after: number} | null} what stands there twice in a row, and how much around it
 */
function findTwice(text, length) {
  for (let before = 0; before <= MOST_AROUND; before += 1) {
    const after = text.length - before - 2 * length;
    const signs = text.slice(before, before + length);
    if (after < 0 || after > MOST_AROUND || signs !== text.slice(before + length, before + 2 * length)) continue;
    return { signs, before, after };
  }
  return null;
}

/** @param {string} text */
function isDamaged(text) {
  return text.length > LONG && new Set(text).size > MANY;
}

// None of our codes means something else in capitals.
/**
 * @param {string} one
 * @param {string} other
 */
function isSame(one, other) {
  return one.toLowerCase() === other.toLowerCase();
}

/**
 * @param {string} arrived
 * @param {string} signs
 */
function isTold(arrived, signs) {
  return Array.from(arrived).every((sign, place) => isSame(signs[place], signs[arrived.indexOf(sign)]));
}

/** @param {string} text */
function swapCase(text) {
  return Array.from(text, (sign) => (sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase())).join("");
}
