// SPDX-License-Identifier: Apache-2.0

import { showToast } from "./toast.js";

/**
 * Copies `data-copies` (or the text of the element that `data-copies-from` selects) and says `data-done`.
 * @param {HTMLElement} button
 */
export async function copyText(button) {
  const { copies = "", copiesFrom, done = "" } = button.dataset;
  const source = copiesFrom ? document.querySelector(copiesFrom) : null;
  const words = source ? sourceText(source) : copies;
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    if (!copyBySelection(words)) return;
  }
  showToast(done, "success");
}

/** @param {Element} source */
function sourceText(source) {
  return (source instanceof HTMLInputElement ? source.value : source.textContent ?? "").trim();
}

/**
 * The clipboard needs https; on a plain address in a shop's own network only this way works.
 * @param {string} words
 */
function copyBySelection(words) {
  const field = document.createElement("textarea");
  field.value = words;
  field.readOnly = true;
  field.className = "only-read-aloud";
  document.body.append(field);
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  return copied;
}
