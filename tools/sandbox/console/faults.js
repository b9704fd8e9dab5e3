// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Faults for the next requests, and those that wait.

import { byId, make, say } from "./dom.js";
import { state } from "./store.js";

const SHOWN = 2;

async function send(method, path, body) {
    const response = await fetch("/_sandbox/" + path, {
        method, body, headers: body ? { "Content-Type": "application/json" } : {},
    });
    if (!response.ok)
        say(`The sandbox refused this: ${response.status}`);
}

function script(button) {
    const fault = JSON.parse(button.dataset.fault);
    const path = byId("fault-path").value;
    fault.count = Number(byId("fault-count").value);
    if (path)
        fault.path = path;
    return send("POST", "faults", JSON.stringify(fault));
}

function chip(fault) {
    return make("li", { title: fault.path }, make("span", { class: "fault" }, fault.name),
        fault.count > 1 ? ` × ${fault.count}` : "", make("span", { class: "hidden" }, fault.path ? ` at ${fault.path}` : ""));
}

export function render() {
    byId("waiting").hidden = state.faults.length === 0;
    byId("waiting-list").replaceChildren(...state.faults.slice(0, SHOWN).map(chip),
        ...(state.faults.length > SHOWN ? [make("li", {}, `+ ${state.faults.length - SHOWN}`)] : []));
}

export function start() {
    for (const button of document.querySelectorAll("[data-fault]"))
        button.addEventListener("click", () => script(button));
    byId("expire").addEventListener("click", () => send("POST", "expire").then(() => say("All tokens have expired")));
    byId("clear-faults").addEventListener("click", () => send("DELETE", "faults"));
    byId("reset").addEventListener("click", () => send("POST", "reset").then(() => say("The sandbox was reset")));
}
