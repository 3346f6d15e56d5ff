// SPDX-License-Identifier: Apache-2.0
// What a browser can see to be wrong in a form with a new password is said before the form is sent, in the words that
// the server has for it. A password never comes back from the server, so nobody has to type it again because of a
// field that was left empty. The server checks everything all the same.

for (const template of document.querySelectorAll("form > template[data-error]")) {
  const form = /** @type {HTMLFormElement} */ (template.parentElement);
  form.addEventListener("submit", (event) => check(event, form));
  form.addEventListener("input", (event) => {
    const field = /** @type {HTMLInputElement} */ (event.target);
    if (field.matches("[aria-invalid=true]") && !whatIsWrong(field)) say(field, "");
  });
}

/**
 * @param {SubmitEvent} event
 * @param {HTMLFormElement} form
 */
function check(event, form) {
  const fields = /** @type {NodeListOf<HTMLInputElement>} */ (form.querySelectorAll("input"));
  const wrong = [...fields].filter((field) => whatIsWrong(field));
  for (const field of wrong) say(field, whatIsWrong(field));
  if (!wrong.length) return;
  event.preventDefault();
  wrong[0].focus();
}

/**
 * @param {HTMLInputElement} field
 * @returns {string} the sentence about it, "" for nothing
 */
function whatIsWrong(field) {
  const { missing, unreadable, least, short, sameAs, unlike } = field.dataset;
  if (missing && !field.value.trim()) return missing;
  if (unreadable && !/.@./u.test(field.value.normalize("NFKC"))) return unreadable;
  if (short && [...field.value].length < Number(least)) return short;
  const other = /** @type {HTMLInputElement | null} */ (document.getElementById(sameAs ?? ""));
  return unlike && other && other.value !== field.value ? unlike : "";
}

/**
 * @param {HTMLInputElement} field
 * @param {string} sentence "" takes away what was said
 */
function say(field, sentence) {
  const part = field.closest(".field");
  for (const said of part?.querySelectorAll(".error") ?? []) said.remove();
  part?.classList.toggle("wrong", sentence !== "");
  field.toggleAttribute("aria-invalid", false);
  const hint = document.getElementById(`${field.id}_helptext`)?.id ?? "";
  field.setAttribute("aria-describedby", `${hint} ${sentence && `${field.id}_error`}`.trim());
  if (!sentence) return;
  field.setAttribute("aria-invalid", "true");
  part?.append(drawError(field, sentence));
}

/**
 * @param {HTMLInputElement} field
 * @param {string} sentence
 */
function drawError(field, sentence) {
  const template = /** @type {HTMLTemplateElement} */ (field.form?.querySelector("template[data-error]"));
  const error = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  error.id = `${field.id}_error`;
  /** @type {HTMLElement} */ (error.querySelector("span")).textContent = sentence;
  return error;
}
