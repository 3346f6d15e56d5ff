// SPDX-License-Identifier: Apache-2.0
// Says how hard a passphrase is to guess while it is typed: by the rule of moving/passphrases.py, which the server
// goes by. The sentences stand in the page, in its language.

const SHORTEST = 12;
const STRONG = 20;
const FEWEST = 6;

for (const told of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-strength-of]"))) {
  const field = document.getElementById(told.dataset.strengthOf ?? "");
  if (!(field instanceof HTMLInputElement)) continue;
  field.addEventListener("input", () => {
    told.textContent = field.value ? told.dataset[strengthOf(field.value)] ?? "" : "";
  });
}

/**
 * @param {string} passphrase
 * @returns {"weak" | "fair" | "strong"}
 */
function strengthOf(passphrase) {
  const signs = [...passphrase];
  if (signs.length < SHORTEST || new Set(signs).size < FEWEST) return "weak";
  return signs.length >= STRONG ? "strong" : "fair";
}
