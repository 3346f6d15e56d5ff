// SPDX-License-Identifier: Apache-2.0
// The phone knows better than its language where the shop is: its own time zone is chosen before anybody touches it.

const field = /** @type {HTMLSelectElement | null} */ (document.querySelector("select[data-guesses-time-zone]"));
const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
if (field && !field.matches("[aria-invalid]") && [...field.options].some((option) => option.value === zone)) field.value = zone;
