// SPDX-License-Identifier: Apache-2.0

// The address carries the language: the page that is kept for times without a connection is written in it.
const { serviceWorker } = document.body.dataset;
if (serviceWorker && navigator.serviceWorker) {
  navigator.serviceWorker.register(`${serviceWorker}?language=${document.documentElement.lang}`).catch(() => {
    // A browser without storage shows its own page when there is no connection.
  });
}
