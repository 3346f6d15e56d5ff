// SPDX-License-Identifier: Apache-2.0

/**
 * Moves a part of the page into a tiny window that stays on top of the till's own, and back when it is closed.
 * @param {HTMLElement} part
 * @param {() => void} onClosed
 * @returns {Promise<Window>}
 */
export async function openSmallWindow(part, onClosed) {
  const place = document.createComment("");
  part.before(place);
  const small = await /** @type {any} */ (window).documentPictureInPicture.requestWindow({ width: 360, height: 300 });
  const { document: other } = small;
  other.documentElement.lang = document.documentElement.lang;
  other.documentElement.dir = document.documentElement.dir;
  other.title = document.title;
  for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) {
    const copy = other.createElement("link");
    copy.rel = "stylesheet";
    copy.href = /** @type {HTMLLinkElement} */ (sheet).href;
    other.head.append(copy);
  }
  other.body.className = document.body.className;
  const main = other.createElement("main");
  main.append(part);
  other.body.append(main);
  small.addEventListener("pagehide", () => {
    place.replaceWith(part);
    onClosed();
  });
  return small;
}
