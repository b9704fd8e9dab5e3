// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The stream, and what is drawn when it tells something.

import { byId, make, say } from "./dom.js";
import * as detail from "./detail.js";
import * as faults from "./faults.js";
import * as latency from "./latency.js";
import * as list from "./list.js";
import * as store from "./store.js";

let scheduled = false;
let paused = false;

function renderCounts() {
    const { requests, failures, replays } = store.counts();
    const part = (number, word, kind) => make("span", { class: kind }, make("b", {}, String(number)), " " + word);
    byId("counts").replaceChildren(part(requests, requests === 1 ? "request" : "requests", ""),
        part(failures, "failed", failures ? "failures" : ""), part(replays, "replayed", replays ? "replays" : ""),
        ...(store.totals.dropped ? [part(store.totals.dropped, "dropped", "")] : []));
}

function render() {
    scheduled = false;
    renderCounts();
    faults.render();
    latency.render();
    detail.refresh();
    if (!paused)
        list.render();
}

function schedule() {
    if (!scheduled)
        requestAnimationFrame(render);
    scheduled = true;
}

function tell(added, event) {
    if (!added || event.fresh)
        return;
    const last = event.entries[event.entries.length - 1];
    say(`${added} new request${added === 1 ? "" : "s"}, the last one ${last.method} ${last.path} ${last.status ?? ""}`);
}

function showLive(state) {
    byId("live").dataset.state = state;
    byId("live").textContent = state;
}

function connect() {
    const source = new EventSource("/_sandbox/console/events");
    source.addEventListener("open", () => showLive("live"));
    source.addEventListener("error", () => showLive("reconnecting"));
    source.addEventListener("message", (message) => {
        const event = JSON.parse(message.data);
        tell(store.take(event), event);
        if (!event.more)
            schedule();
    });
}

function togglePause() {
    paused = !paused;
    byId("pause").setAttribute("aria-pressed", String(paused));
    schedule();
}

byId("origin").textContent = location.origin;
byId("pause").addEventListener("click", togglePause);
list.start(detail.open);
detail.start();
faults.start();
connect();
