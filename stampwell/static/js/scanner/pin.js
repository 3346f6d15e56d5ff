// SPDX-License-Identifier: Apache-2.0
// A PIN as rings that fill one by one. With the last digit it signs in by itself, where its length is known.

const SHORTEST = 4;

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-pin-length]"));
const field = /** @type {HTMLInputElement} */ (form.querySelector("[data-pad-field]"));
const rings = /** @type {HTMLElement} */ (form.querySelector("[data-rings]"));
let sent = false;

function show() {
  const length = Number(form.dataset.pinLength);
  const typed = field.value.length;
  const wanted = Math.max(length || SHORTEST, typed);
  rings.replaceChildren(
    ...Array.from({ length: wanted }, (_, place) => {
      const ring = document.createElement("i");
      ring.classList.toggle("filled", place < typed);
      return ring;
    }),
  );
  if (!typed) sent = false;
  if (typed === (length || field.maxLength) && !sent) {
    sent = true;
    form.requestSubmit();
  }
}

form.classList.add("has-rings");
// A page that comes back from the browser's memory is used again.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  field.value = "";
  show();
});
field.addEventListener("input", show);
show();
