// SPDX-License-Identifier: Apache-2.0
// The field for numbers takes words too: a button beside it has the phone show its letters, and what is written then
// is looked for among the shop's customers. The server answers with a list, of which each card is a form.

const CODE = /^[cv]\p{L}{32}$/iu;

/**
 * Whether somebody wrote a name or an email into the field without the button: small letters, or those of a script that
 * has no others. The codes of rewards are capitals.
 * @param {string} text
 */
function isWords(text) {
  return text.includes("@") || (/[\p{Ll}\p{Lo}]/u.test(text) && !/[\d/:]/.test(text) && !CODE.test(text));
}

class Finding {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.field = /** @type {HTMLInputElement} */ (form.elements.namedItem("code"));
    this.button = /** @type {HTMLElement} */ (form.querySelector("[data-find]"));
    this.sender = /** @type {HTMLElement} */ (form.querySelector("button:not([type])"));
    this.number = {
      mode: this.field.inputMode,
      label: this.field.getAttribute("aria-label") ?? "",
      placeholder: this.field.placeholder,
      send: this.sender.getAttribute("aria-label") ?? "",
    };
    this.button.addEventListener("click", () => this.takeWords(this.button.ariaPressed !== "true"));
    // Before the scanner itself, which would take what is written there for a code.
    form.addEventListener("submit", (event) => this.ask(event), { capture: true });
    this.button.removeAttribute("disabled");
  }

  /** @param {Event} event */
  ask(event) {
    const words = this.field.value.trim();
    if (!words || (this.button.ariaPressed !== "true" && !isWords(words))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const detail = { url: this.button.dataset.find, body: new URLSearchParams({ words }).toString() };
    this.form.dispatchEvent(new CustomEvent("finding:asked", { detail, bubbles: true }));
  }

  /** @param {boolean} words */
  takeWords(words) {
    const { label = "", send = "" } = this.button.dataset;
    this.button.ariaPressed = String(words);
    this.field.inputMode = words ? "text" : this.number.mode;
    this.field.autocapitalize = words ? "words" : "characters";
    this.field.placeholder = words ? label : this.number.placeholder;
    this.field.setAttribute("aria-label", words ? label : this.number.label);
    this.sender.setAttribute("aria-label", words ? send : this.number.send);
    this.field.blur(); // or the phone goes on showing the keys of before
    this.field.focus();
  }
}

const form = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-typed]"));
if (form?.querySelector("[data-find]")) new Finding(form);
