// What the pages of technicians and meter readers add: photos, signature, whereabouts, and work without a network.

import * as missing from "../js/missing.js";
import * as offline from "../js/offline.js";
import * as pictures from "../js/pictures.js";
import * as readings from "../js/readings.js";
import * as signature from "../js/signature.js";
import * as walking from "../js/walking.js";
import * as whereabouts from "../js/whereabouts.js";

for (const part of [pictures, signature, whereabouts, readings, missing, walking, offline]) part.start();
