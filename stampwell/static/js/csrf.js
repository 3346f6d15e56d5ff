// SPDX-License-Identifier: Apache-2.0

/** The token that Django wants with every POST; base.html puts it into the head. */
export function csrfToken() {
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csrf-token]"));
  return meta?.content ?? "";
}
