// SPDX-License-Identifier: Apache-2.0
// Large keys for one thumb, or two. They fill the field of their form; the phone's own keyboard then stays away.

const CLICK_FOLLOWS = 500; // after the finger left the key, at most

/** @typedef {{key: HTMLElement, field: HTMLInputElement, before: string, after: string}} Press */

/** @type {Map<number, Press>} by each finger that is on a key */
const held = new Map();
/** @type {Set<Press>} whose click is still to come */
const awaited = new Set();

/** @param {ParentNode} place */
function showPads(place) {
  for (const pad of place.querySelectorAll("[data-pad]")) {
    fieldOf(pad)?.setAttribute("inputmode", "none");
    // Before this moment a tap would have been lost.
    for (const key of pad.querySelectorAll("button[disabled]")) key.removeAttribute("disabled");
  }
}

/**
 * @param {Element} part
 * @returns {HTMLInputElement | null | undefined}
 */
function fieldOf(part) {
  return part.closest("[data-pad-form]")?.querySelector("[data-pad-field]");
}

/**
 * @param {Event} event
 * @returns {HTMLElement | null}
 */
function keyOf(event) {
  return /** @type {Element} */ (event.target).closest("[data-pad] button:enabled");
}

/**
 * @param {HTMLElement} key
 * @returns {Press | null}
 */
function press(key) {
  const field = fieldOf(key);
  if (!field) return null;
  const before = field.value;
  const digit = key.dataset.key;
  write(field, digit === undefined ? before.slice(0, -1) : withDigit(field, digit));
  return { key, field, before, after: field.value };
}

/**
 * @param {HTMLInputElement} field
 * @param {string} value
 */
function write(field, value) {
  if (value === field.value) return;
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

/**
 * An amount (`data-decimals`) begins with a digit, and has one sign and no more decimals than its currency.
 * @param {HTMLInputElement} field
 * @param {string} digit
 */
function withDigit({ value, maxLength, dataset: { decimals } }, digit) {
  if (value.length + digit.length > maxLength) return value;
  if (decimals === undefined) return value + digit;
  const whole = (/^[.,]/.test(value + digit) ? `0${digit}` : value + digit).replace(/^0+(?=\d)/, "");
  const [, ...behind] = whole.split(/[.,]/);
  return behind.length > 1 || behind.join("").length > Number(decimals) ? value : whole;
}

// When the finger comes down, and not when it leaves: of two thumbs that overlap a browser makes no clicks.
document.addEventListener("pointerdown", (event) => {
  const key = event.button === 0 ? keyOf(event) : null;
  const done = key && press(key);
  if (!done) return;
  held.set(event.pointerId, done);
  awaited.add(done);
});

document.addEventListener("pointerup", (event) => {
  const done = held.get(event.pointerId);
  held.delete(event.pointerId);
  if (done) setTimeout(() => awaited.delete(done), CLICK_FOLLOWS);
});

// The finger wanted to scroll.
document.addEventListener("pointercancel", (event) => {
  const done = held.get(event.pointerId);
  if (!done) return;
  held.delete(event.pointerId);
  awaited.delete(done);
  if (done.field.value === done.after) write(done.field, done.before);
});

// By a keyboard or a screen reader; of a finger's own click all is done.
document.addEventListener("click", (event) => {
  const key = keyOf(event);
  const done = [...awaited].find((press) => press.key === key);
  if (done) awaited.delete(done);
  if (key && (event.detail === 0 || !done)) press(key);
});

// The field stays the one that a keyboard types into.
document.addEventListener("mousedown", (event) => {
  if (keyOf(event)) event.preventDefault();
});

showPads(document);
const panel = document.querySelector("[data-result]");
if (panel) new MutationObserver(() => showPads(panel)).observe(panel, { childList: true });
