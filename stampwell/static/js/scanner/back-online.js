// SPDX-License-Identifier: Apache-2.0

// The connection is back: open what was asked for.
window.addEventListener("online", () => location.reload());
