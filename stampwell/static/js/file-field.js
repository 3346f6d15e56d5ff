// SPDX-License-Identifier: Apache-2.0
// Which file was chosen and how large it is; one that the server would not take is refused at once, for with it
// everything else in the form would be refused, too.

for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-file]"))) {
  const field = /** @type {HTMLInputElement} */ (part.querySelector("input"));
  field.addEventListener("change", () => take(part, field));
  part.querySelector("[data-unchooses]")?.addEventListener("click", () => {
    field.value = "";
    take(part, field);
    field.focus();
  });
  take(part, field); // the browser may have kept it over a reload
}

/**
 * @param {HTMLElement} part
 * @param {HTMLInputElement} field
 */
function take(part, field) {
  const tooLarge = (field.files?.[0]?.size ?? 0) > Number(part.dataset.largest);
  if (tooLarge) field.value = "";
  if (tooLarge || field.files?.length) complain(part, field, tooLarge);
  const file = field.files?.[0];
  const kilobytes = String(Math.ceil((file?.size ?? 0) / 1024));
  fill(part, "[data-name]", file?.name ?? words(part, "[data-none]"));
  fill(part, "[data-size]", file ? words(part, "[data-says-size]").replace("{size}", kilobytes) : "");
  /** @type {HTMLButtonElement} */ (part.querySelector("[data-unchooses]")).disabled = !file;
}

/**
 * @param {HTMLElement} part
 * @param {HTMLInputElement} field
 * @param {boolean} tooLarge
 */
function complain(part, field, tooLarge) {
  const whole = part.closest(".field");
  for (const said of whole?.querySelectorAll(":scope > .error") ?? []) said.remove();
  whole?.classList.toggle("wrong", tooLarge);
  field.removeAttribute("aria-invalid");
  if (!tooLarge) return;
  field.setAttribute("aria-invalid", "true");
  const template = /** @type {HTMLTemplateElement} */ (part.querySelector("[data-too-large]"));
  whole?.append(template.content.cloneNode(true));
}

/**
 * @param {HTMLElement} part
 * @param {string} place
 * @param {string} text
 */
function fill(part, place, text) {
  const found = part.querySelector(place);
  if (found && found.textContent !== text) found.textContent = text;
}

/**
 * @param {HTMLElement} part
 * @param {string} place
 */
function words(part, place) {
  return /** @type {HTMLTemplateElement} */ (part.querySelector(place)).content.textContent?.trim() ?? "";
}
