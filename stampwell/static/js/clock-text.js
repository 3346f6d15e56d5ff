// SPDX-License-Identifier: Apache-2.0

/**
 * @param {number} milliseconds what is left; less than nothing is nothing
 * @returns {string} minutes and seconds in digits, the same in every language: 4:07
 */
export function clockText(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
