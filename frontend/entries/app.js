// Everything a page of Qiao does by itself. Each part finds its own marks in the page.

import htmx from "htmx.org";
import * as carry from "../js/carry.js";
import * as choices from "../js/choices.js";
import * as clock from "../js/clock.js";
import * as dialogs from "../js/dialogs.js";
import * as drafts from "../js/drafts.js";
import * as drawer from "../js/drawer.js";
import * as dropping from "../js/dropping.js";
import * as filesize from "../js/filesize.js";
import * as finding from "../js/finding.js";
import * as flights from "../js/flights.js";
import * as focus from "../js/focus.js";
import * as inserting from "../js/inserting.js";
import * as keys from "../js/keys.js";
import * as lists from "../js/lists.js";
import * as livestream from "../js/livestream.js";
import * as longtext from "../js/longtext.js";
import * as menus from "../js/menus.js";
import * as palette from "../js/palette.js";
import * as picking from "../js/picking.js";
import * as player from "../js/player.js";
import * as place from "../js/place.js";
import * as presence from "../js/presence.js";
import * as requests from "../js/requests.js";
import * as retry from "../js/retry.js";
import * as scrolling from "../js/scrolling.js";
import * as tabs from "../js/tabs.js";
import * as telephone from "../js/telephone.js";
import * as theme from "../js/theme.js";
import * as toasts from "../js/toasts.js";

window.htmx = htmx;

for (const part of [theme, clock, menus, dialogs, choices, toasts, palette, keys, lists, drafts, carry, flights, requests, drawer, dropping, filesize, finding, inserting, longtext, picking, place, player, presence, scrolling, tabs, telephone, retry, focus, livestream]) {
  part.start();
}
document.documentElement.dataset.ready = "";
