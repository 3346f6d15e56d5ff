// SPDX-License-Identifier: Apache-2.0
// Opens the scanner again as soon as the server answers. A phone says "online" before it really is, so ask.

const OFTEN = 4000;

async function openWhenReachable() {
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (answer) location.reload();
}

window.addEventListener("online", openWhenReachable);
setInterval(openWhenReachable, OFTEN);
