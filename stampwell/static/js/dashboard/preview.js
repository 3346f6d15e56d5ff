// SPDX-License-Identifier: Apache-2.0
// The colours of the preview, as the server chose them for what the form says now. The policy of the pages allows
// no style in the markup, so they come as data and are set here.

const preview = /** @type {HTMLElement | null} */ (document.querySelector("[data-preview]"));

function takeColours() {
  const drawn = /** @type {HTMLElement | null} */ (preview?.querySelector("[data-colours]"));
  if (!preview || !drawn) return;
  const { brand, onBrand, stamp, onStamp } = drawn.dataset;
  const colours = { "--brand": brand, "--on-brand": onBrand, "--stamp": stamp, "--on-stamp": onStamp };
  for (const [name, colour] of Object.entries(colours)) preview.style.setProperty(name, colour ?? "");
}

takeColours();
if (preview) new MutationObserver(takeColours).observe(preview, { childList: true, subtree: true });
