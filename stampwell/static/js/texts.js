// SPDX-License-Identifier: Apache-2.0
// Sentences for scripts come from the server, already in the person's language:
// {{ texts|json_script:"texts" }}, or <script type="application/json" data-texts>.

/** @type {Record<string, string>} */
const texts = {};
for (const block of document.querySelectorAll("script#texts, script[data-texts]")) {
  Object.assign(texts, JSON.parse(block.textContent || "{}"));
}

/**
 * @param {string} name
 * @returns {string} the sentence; its name when the page forgot to give it, so that the gap is seen
 */
export function text(name) {
  return texts[name] ?? name;
}
