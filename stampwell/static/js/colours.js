// SPDX-License-Identifier: Apache-2.0
// A colour is typed, pasted or picked; the text and the picker show the same one.

/**
 * @param {string} typed as people write it: #abc, ABCDEF, with blanks around
 * @returns {string} #rrggbb, "" for anything else
 */
export function readColour(typed) {
  const found = /^#?(?:([0-9a-f]{3})|([0-9a-f]{6}))$/u.exec(typed.normalize("NFKC").replaceAll(/\s/gu, "").toLowerCase());
  if (!found) return "";
  const [, short, whole] = found;
  return `#${whole ?? [...short].map((letter) => letter + letter).join("")}`;
}

/**
 * @param {HTMLInputElement} field
 * @param {string} value
 */
export function fillIn(field, value) {
  field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

for (const picker of /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll("[data-picks]"))) {
  const text = document.getElementById(picker.dataset.picks ?? "");
  if (text instanceof HTMLInputElement) join(picker, text);
}

/**
 * @param {HTMLInputElement} picker
 * @param {HTMLInputElement} text
 */
function join(picker, text) {
  const follow = () => (picker.value = readColour(text.value) || picker.value);
  follow(); // the browser may have kept what was typed before a reload
  picker.disabled = false;
  picker.addEventListener("input", () => fillIn(text, picker.value));
  text.addEventListener("input", follow);
  text.addEventListener("change", () => (text.value = readColour(text.value) || text.value));
}
