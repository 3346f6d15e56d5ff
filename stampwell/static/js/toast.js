// SPDX-License-Identifier: Apache-2.0

const SECONDS_TO_READ = 6;

/**
 * Shows a sentence at the foot of the page and reads it aloud.
 * @param {string} words
 * @param {"" | "success" | "error"} [tone]
 */
export function showToast(words, tone = "") {
  const toasts = document.getElementById("toasts");
  if (!toasts || !words) return;
  const toast = document.createElement("div");
  toast.className = `toast ${tone}`;
  toast.textContent = words;
  toasts.append(toast);
  setTimeout(() => toast.remove(), SECONDS_TO_READ * 1000);
}
