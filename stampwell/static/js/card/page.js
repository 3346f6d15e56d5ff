// SPDX-License-Identifier: Apache-2.0
// The card's page. Without this script the card is complete but still; with it the code stays fresh.

import { offerBigCode } from "./big-code.js";
import { offerInstall } from "./install.js";
import { keepForOffline } from "./offline.js";
import { RotatingCode } from "./rotating-code.js";
import { CardState } from "./state.js";

const carrier = /** @type {HTMLElement | null} */ (document.querySelector("[data-rotating-code]"));
const code = carrier ? new RotatingCode(carrier) : null;
code?.start();

new CardState((step) => code?.markUsed(step)).start();
offerBigCode();
offerInstall();

const { offlineWorker } = document.body.dataset;
if (offlineWorker) keepForOffline(offlineWorker).catch(() => {}); // a private window keeps nothing
