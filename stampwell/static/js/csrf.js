// SPDX-License-Identifier: Apache-2.0

/**
 * The token that Django wants with every POST: the cookie's, for a page that was kept for times without a connection
 * has none of its own, and else the one that base.html puts into the head.
 */
export function csrfToken() {
  const [, cookie] = /(?:^|; )(?:__Host-)?csrf=([^;]+)/.exec(document.cookie) ?? [];
  const meta = /** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=csrf-token]"));
  return cookie ?? meta?.content ?? "";
}
