// SPDX-License-Identifier: Apache-2.0
// Settings that nobody touches give way to the customers again.

const AFTER = 60_000;

let timer = 0;

function wait() {
  clearTimeout(timer);
  timer = window.setTimeout(() => location.replace(document.body.dataset.goesBack ?? "/"), AFTER);
}

for (const kind of ["pointerdown", "keydown", "input"]) document.addEventListener(kind, wait);
wait();
