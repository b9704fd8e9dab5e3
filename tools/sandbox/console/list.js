// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The list of requests. A group is drawn again only when it changed, and no more of them are in the
// page than somebody has asked for.

import { byId, duration, make } from "./dom.js";
import * as store from "./store.js";

const PAGE = 200;
const drawn = new Map(); // group id -> { node, revision, clock }
const view = { limit: PAGE, text: "", failed: false, selected: null };
let open = () => {};

function pad(number, digits) {
    return String(number).padStart(digits, "0");
}

export function timeOf(entry) {
    const at = new Date(entry.at_ms + store.totals.clock_ms);
    return `${pad(at.getHours(), 2)}:${pad(at.getMinutes(), 2)}:${pad(at.getSeconds(), 2)}.${pad(at.getMilliseconds(), 3)}`;
}

const ENDS = { cut: "cut", closed: "no answer", incomplete: "incomplete" };

/** The status, or what became of the request instead, as a label with its colour. */
export function statusOf(entry) {
    if (entry.status)
        return make("span", { class: `status s${Math.floor(entry.status / 100)}` }, String(entry.status));
    if (entry.end)
        return make("span", { class: "status lost" }, ENDS[entry.end] ?? entry.end);
    return make("span", { class: "status running" }, "waiting");
}

const SIGNS = { first: "", retry: "↻", repeat: "↻", replay: "⟲", "other body": "≠", "key in use": "⧗" };

export function kindLabel(kind, index) {
    if (kind === "first")
        return make("span", { class: "kind first" }, index === null ? "" : "first");
    const text = kind === "retry" ? `retry ${index}` : kind;
    return make("span", { class: "kind " + kind.replace(/ /g, "-") },
        make("span", { "aria-hidden": "true" }, SIGNS[kind] + " "), text);
}

function faultLabel(entry) {
    return entry.fault ? make("span", { class: "fault" }, entry.fault) : null;
}

function shortKey(key) {
    return key.length > 13 ? key.slice(0, 8) + "…" + key.slice(-4) : key;
}

function keyLabel(key) {
    return make("span", { class: "key", title: key }, make("span", { class: "hidden" }, "key "), shortKey(key));
}

/* Where in the time of its group an attempt ran. */
function bar(entry, begin, span) {
    const width = 100;
    const from = (entry.at_ms - begin) / span * width;
    const long = Math.max((entry.took_ms ?? 0) / span * width, 1.5);
    const element = make("span", { class: "bar" + (store.failed(entry) ? " failed" : ""), "aria-hidden": "true" },
        make("i"));
    element.firstChild.style.marginLeft = Math.min(from, width - 1.5) + "%";
    element.firstChild.style.width = Math.min(long, width) + "%";
    return element;
}

function row(entry, kind, what) {
    return make("button", {
        type: "button",
        class: "attempt",
        "data-number": entry.number,
        "aria-current": view.selected === entry.number ? "true" : null,
        onclick: () => open(entry.number),
    },
    make("span", { class: "time" }, timeOf(entry)), kind, statusOf(entry), what,
    make("span", { class: "took" }, entry.took_ms === null || !entry.end ? "" : duration(entry.took_ms)));
}

function single(group) {
    const [entry] = group.attempts;
    const kind = store.kindOf(group, 0);
    const what = make("span", { class: "what" },
        make("span", { class: "call" }, entry.call ?? "no such API"), " ",
        make("span", { class: "path" }, `${entry.method} ${entry.path}`),
        faultLabel(entry), entry.key ? keyLabel(entry.key) : null);
    return make("li", { class: "group" }, row(entry, kindLabel(kind, null), what));
}

function several(group) {
    const first = group.attempts[0];
    const last = group.attempts[group.attempts.length - 1];
    const span = Math.max(last.at_ms + (last.took_ms ?? 0) - first.at_ms, 1);
    const title = make("p", { class: "title" },
        make("span", { class: "call" }, first.call), " ",
        make("span", { class: "path" }, `${first.method} ${first.path}`), keyLabel(first.key),
        make("span", { class: "sum" }, `${group.attempts.length} requests, ${duration(span)}`));
    const rows = group.attempts.map((entry, index) => {
        const what = make("span", { class: "what" }, bar(entry, first.at_ms, span), faultLabel(entry));
        return make("li", {}, row(entry, kindLabel(store.kindOf(group, index), index), what));
    });
    return make("li", { class: "group several" }, title, make("ol", {}, rows));
}

function draw(group) {
    const known = drawn.get(group.id);
    if (known && known.revision === group.revision && known.group === group)
        return known.node;
    const node = group.attempts.length > 1 ? several(group) : single(group);
    drawn.set(group.id, { node, group, revision: group.revision });
    known?.node.remove();
    return node;
}

/* Puts the nodes into the list in this order, and moves only those that are elsewhere. */
function arrange(list, nodes) {
    const wanted = new Set(nodes);
    for (const [id, known] of drawn) {
        if (!wanted.has(known.node)) {
            known.node.remove();
            drawn.delete(id);
        }
    }
    nodes.forEach((node, index) => {
        if (list.children[index] !== node)
            list.insertBefore(node, list.children[index] ?? null);
    });
}

export function render() {
    const list = byId("requests");
    const focused = list.contains(document.activeElement) ? document.activeElement.dataset.number : undefined;
    const { found, more } = store.newest(view.limit, view.text, view.failed);
    arrange(list, found.map(draw));
    byId("older").hidden = !more;
    byId("nothing").hidden = store.entries.size > 0;
    const again = focused && list.querySelector(`[data-number="${CSS.escape(focused)}"]`);
    if (again && again !== document.activeElement)
        again.focus({ preventScroll: true });
}

export function select(number) {
    view.selected = number;
    for (const button of byId("requests").querySelectorAll("[aria-current]"))
        button.removeAttribute("aria-current");
    byId("requests").querySelector(`[data-number="${Number(number)}"]`)?.setAttribute("aria-current", "true");
}

export function focusOn(number) {
    byId("requests").querySelector(`[data-number="${Number(number)}"]`)?.focus();
}

function move(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step)
        return;
    const buttons = [...byId("requests").querySelectorAll(".attempt")];
    const next = buttons[buttons.indexOf(document.activeElement) + step];
    if (next) {
        next.focus();
        event.preventDefault();
    }
}

export function start(opened) {
    open = opened;
    byId("requests").addEventListener("keydown", move);
    byId("older").addEventListener("click", () => {
        view.limit += PAGE;
        render();
    });
    byId("filter").addEventListener("input", (event) => {
        view.text = event.target.value.trim().toLowerCase();
        view.limit = PAGE;
        render();
    });
    byId("failed").addEventListener("change", (event) => {
        view.failed = event.target.checked;
        view.limit = PAGE;
        render();
    });
}
