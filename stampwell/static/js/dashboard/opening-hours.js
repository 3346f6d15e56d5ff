// SPDX-License-Identifier: Apache-2.0
// Hours as they are pasted ("8-18"), and "on the next day" beside a pair of times that goes over midnight.
// The server reads what was pasted: a field for times would drop it, so the field becomes one for any text first.

document.addEventListener("paste", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const pasted = event.clipboardData?.getData("text").trim();
  if (!pasted || !field.closest("[data-pair]")) return;
  event.preventDefault();
  field.type = "text";
  field.value = pasted;
  /** @type {HTMLButtonElement | null} */ (field.closest("[data-day]")?.querySelector("[data-reads]"))?.click();
});

document.addEventListener("input", (event) => {
  const pair = /** @type {Element} */ (event.target).closest("[data-pair]");
  const [opens, closes] = [...(pair?.querySelectorAll("input") ?? [])].map((field) => field.value);
  const note = /** @type {HTMLElement | null} */ (pair?.querySelector(".next-day") ?? null);
  if (note) note.hidden = !opens || !closes || closes === "00:00" || closes >= opens;
});
