// SPDX-License-Identifier: Apache-2.0
// Large keys for one thumb. They fill the field of their form; the phone's own keyboard then stays away.

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

document.addEventListener("click", (event) => {
  const key = /** @type {HTMLElement | null} */ (
    /** @type {Element} */ (event.target).closest("[data-key], [data-rub-out]")
  );
  const field = key && fieldOf(key);
  if (!field) return;
  if (key.dataset.key === undefined) field.value = field.value.slice(0, -1);
  else if (field.value.length < field.maxLength) field.value += key.dataset.key;
  field.dispatchEvent(new Event("input", { bubbles: true }));
});

showPads(document);
const panel = document.querySelector("[data-result]");
if (panel) new MutationObserver(() => showPads(panel)).observe(panel, { childList: true });
