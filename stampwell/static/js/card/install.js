// SPDX-License-Identifier: Apache-2.0

/** Shows `data-install` where the browser can put the card on the home screen, `data-install-by-hand` on iPhones. */
export function offerInstall() {
  const button = /** @type {HTMLElement | null} */ (document.querySelector("[data-install]"));
  const hint = /** @type {HTMLElement | null} */ (document.querySelector("[data-install-by-hand]"));
  if (hint && isIphone() && !isInstalled()) hint.hidden = false;
  window.addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    if (button) offer(button, /** @type {Event & {prompt: () => Promise<void>}} */ (event));
  });
}

/**
 * @param {HTMLElement} button
 * @param {{prompt: () => Promise<void>}} offered
 */
function offer(button, offered) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.hidden = true;
    await offered.prompt();
  }, { once: true });
}

function isIphone() {
  return /iphone|ipad/i.test(navigator.userAgent);
}

function isInstalled() {
  return matchMedia("(display-mode: standalone)").matches;
}
