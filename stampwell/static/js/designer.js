// SPDX-License-Identifier: Apache-2.0
// The preview next to the form follows at once what needs no server: colours and words. The rest comes by
// htmx a moment later, drawn by the server with the same template as the real card.

import { readColour } from "./colours.js";

document.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  const preview = /** @type {HTMLElement | null} */ (document.querySelector("[data-preview]"));
  if (!preview) return;
  const { sets, mirrors } = field.dataset;
  if (sets && readColour(field.value)) preview.style.setProperty(sets, readColour(field.value));
  if (mirrors) {
    for (const place of preview.querySelectorAll(mirrors)) place.textContent = field.value || field.placeholder;
  }
});
