// SPDX-License-Identifier: Apache-2.0
// Opens the scanner's shell without a connection. Answers of the server are never kept: only files, and one page.

const KEPT = "scanner-shell";
const OFFLINE = "{{ offline_url|escapejs }}";
const FILES = [{% for file in files %}"{{ file|escapejs }}"{% if not forloop.last %}, {% endif %}{% endfor %}];

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(openPage(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(fetchFile(request));
});

async function keepShell() {
  const kept = await caches.open(KEPT);
  const page = await fetch(OFFLINE, { cache: "reload", credentials: "omit" });
  if (!page.ok) throw new Error(`the offline page answered ${page.status}`);
  const html = await page.clone().text();
  const linked = [...html.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map((match) => match[1]);
  await kept.put(OFFLINE, page);
  await kept.addAll([...new Set([...linked, ...FILES])]);
  await self.skipWaiting();
}

async function openPage(request) {
  try {
    return await fetch(request);
  } catch {
    return (await caches.match(OFFLINE)) ?? Response.error();
  }
}

// The network first: a file under its plain name may have changed, one under its hashed name comes from the browser.
async function fetchFile(request) {
  try {
    const answer = await fetch(request);
    if (answer.ok) (await caches.open(KEPT)).put(request, answer.clone());
    return answer;
  } catch {
    return (await caches.match(request, { ignoreVary: true })) ?? Response.error();
  }
}
