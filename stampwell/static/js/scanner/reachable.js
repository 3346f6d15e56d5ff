// SPDX-License-Identifier: Apache-2.0
// Whether the server is there. A browser says "online" before it really is, and some say "offline" all day: ask.

export async function isReachable() {
  const answer = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  return Boolean(answer && answer.status < 500);
}

/** @returns {Promise<boolean>} whether the page that is kept on this phone has to serve */
export async function needsKeptPage() {
  return Boolean(!navigator.onLine && navigator.serviceWorker?.controller && !(await isReachable()));
}
