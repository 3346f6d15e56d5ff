// SPDX-License-Identifier: Apache-2.0
// Lets people see the password or the PIN that they type. When the form is sent it is a password again, so that the
// browser offers to keep it as one and nobody finds it on the screen later.

for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-shows][hidden]"))) {
  const field = document.getElementById(button.dataset.shows ?? "");
  if (field instanceof HTMLInputElement) offer(button, field);
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLInputElement} field
 */
function offer(button, field) {
  // Shown, it would be a text like any other: corrected, and sent to whoever checks the browser's spelling.
  for (const [name, value] of [["spellcheck", "false"], ["autocapitalize", "none"], ["autocorrect", "off"]]) {
    field.setAttribute(name, value);
  }
  button.hidden = false;
  button.addEventListener("mousedown", (event) => event.preventDefault()); // whoever types goes on typing
  button.addEventListener("click", () => show(button, field, field.type === "password"));
  field.form?.addEventListener("submit", () => show(button, field, false));
  addEventListener("pagehide", () => show(button, field, false));
}

/**
 * @param {HTMLButtonElement} button
 * @param {HTMLInputElement} field
 * @param {boolean} shown
 */
function show(button, field, shown) {
  const { selectionStart, selectionEnd } = field;
  field.type = shown ? "text" : "password";
  field.setSelectionRange(selectionStart, selectionEnd);
  button.setAttribute("aria-pressed", String(shown));
}
