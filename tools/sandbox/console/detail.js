// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// One request in full. Credentials come masked; they are fetched when somebody asks to see them.

import { asC, asCurl } from "./again.js";
import { byId, duration, make, say } from "./dom.js";
import * as list from "./list.js";
import * as store from "./store.js";

const BULLETS = "••••••••";
const shown = { number: null, secrets: false, language: "curl", revision: "" };

/* The parts of JSON that is written with JSON.stringify(), each in its colour. */
const TOKENS = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function secretButton(text) {
    return make("button", { type: "button", class: "secret", "aria-label": "Show the secrets", onclick: reveal }, text);
}

/* Text with a button in place of each mask. */
function withMasks(text) {
    const parts = text.split(BULLETS);
    return parts.flatMap((part, index) => index === 0 ? [part] : [secretButton(BULLETS), part]);
}

function colored(text) {
    const parts = [];
    let end = 0;
    for (const token of text.matchAll(TOKENS)) {
        const kind = token[2] ? "name" : token[1] ? "text" : "number";
        parts.push(text.slice(end, token.index));
        parts.push(make("span", { class: "j-" + kind }, withMasks(token[1] ?? token[0])));
        parts.push(token[2] ?? "");
        end = token.index + token[0].length;
    }
    parts.push(text.slice(end));
    return parts;
}

function block(label, ...content) {
    return make("pre", { tabindex: "0", role: "region", "aria-label": label }, make("code", {}, ...content));
}

function bodyOf(message, label) {
    if (message.body === null)
        return block(label, `base64: ${message.body_base64}`);
    if (message.body === "")
        return make("p", { class: "none" }, "no body");
    try {
        return block(label, colored(JSON.stringify(JSON.parse(message.body), null, 2)));
    } catch {
        return block(label, withMasks(message.body));
    }
}

function headersOf(message, label) {
    const rows = message.headers.map(([name, value, masked]) => make("tr", {},
        make("th", { scope: "row" }, name), make("td", {}, masked ? withMasks(value) : value)));
    return make("table", { class: "headers" }, make("caption", { class: "hidden" }, label), make("tbody", {}, rows));
}

function section(title, ...content) {
    return make("section", {}, make("h3", {}, title), ...content);
}

function reasonOf(entry) {
    if (!entry.hint)
        return null;
    const [reason] = entry.hint.split(". String to sign: ");
    return make("div", { class: "reason" }, make("strong", {}, "Why it was refused"), make("p", {}, `${reason[0].toUpperCase()}${reason.slice(1)}.`));
}

const FATES = {
    cut: "The answer was cut in the middle.",
    closed: "The connection was closed without an answer.",
    incomplete: "The client went away before its request was complete.",
};

function answerOf(entry) {
    if (entry.answer)
        return section("Answer", headersOf(entry.answer, "Headers of the answer"), bodyOf(entry.answer, "Body of the answer"));
    return section("Answer", make("p", { class: "none" }, FATES[entry.end] ?? "Not answered yet."));
}

function signatureFails(entry) {
    return (entry.hint ?? "").startsWith("the signature is not");
}

function verdictOf(entry) {
    if (signatureFails(entry))
        return ["bad", "The signature has to be that of this text, as the sandbox received it."];
    if (entry.answer?.status < 300)
        return ["good", "The signature fits this text."];
    return ["", "What has to be signed, as the sandbox received it."];
}

function stringToSign(entry) {
    if (entry.string_to_sign === undefined)
        return null;
    const lines = entry.string_to_sign.split("\n").slice(0, -1);
    const [kind, text] = verdictOf(entry);
    return section("String to sign", make("p", { class: "verdict " + kind }, text),
        block("String to sign", lines.flatMap((line) => [line, make("span", { class: "end", title: "line feed" }, "⏎"), "\n"])));
}

async function copy(button, text) {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
    say("Copied");
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
}

function again(entry) {
    const text = shown.language === "curl" ? asCurl(entry) : asC(entry);
    const choose = (language, label) => make("button", {
        type: "button",
        "aria-pressed": String(shown.language === language),
        onclick: () => {
            shown.language = language;
            draw(entry);
            byId("detail").querySelector(`.choice [aria-pressed="true"]`)?.focus();
        },
    }, label);
    return section("Make it again",
        make("div", { class: "tools" },
            make("div", { class: "choice", role: "group", "aria-label": "Language" }, choose("curl", "curl"), choose("c", "C")),
            make("button", { type: "button", class: "copy", onclick: (event) => copy(event.target, text) }, "Copy")),
        make("div", { id: "again" }, block(shown.language === "curl" ? "The request as a curl command" : "The request in C", text)));
}

function factsOf(entry) {
    const facts = [[entry.call ?? "no such API", "call"], [list.timeOf(entry), "time"]];
    if (entry.end)
        facts.push([duration(entry.took_ms ?? 0), "took"]);
    if (entry.fault)
        facts.push([entry.fault, "fault"]);
    if (entry.key)
        facts.push(["key " + { new: "new", replay: "replayed", running: "in use", differs: "used for another body" }[entry.key], "key-state"]);
    return make("p", { class: "facts" }, facts.map(([text, kind]) => make("span", { class: kind }, text)));
}

function titleOf(entry) {
    const secrets = entry.masked > 0 || shown.secrets;
    const toggle = make("button", {
        type: "button", id: "secrets", "aria-pressed": String(shown.secrets), onclick: toggleSecrets,
    }, shown.secrets ? "Hide secrets" : `Show ${entry.masked} secret${entry.masked === 1 ? "" : "s"}`);
    return make("div", { class: "head" },
        make("button", { type: "button", class: "back", onclick: close }, "Back"),
        make("h2", {}, list.statusOf({ ...entry, status: entry.answer?.status }), " ",
            make("span", { class: "method" }, entry.method), " ", make("span", { class: "target" }, entry.path)),
        secrets ? toggle : null,
        make("button", { type: "button", class: "close", "aria-label": "Close", onclick: close }, "×"));
}

function draw(entry) {
    byId("detail").dataset.number = entry.number;
    const signed = stringToSign(entry);
    const first = signatureFails(entry);
    byId("detail").replaceChildren(...[titleOf(entry), factsOf(entry), reasonOf(entry), first ? signed : null,
        section("Request", headersOf(entry, "Headers of the request"), bodyOf(entry, "Body of the request")),
        answerOf(entry), first ? null : signed, again(entry)].filter(Boolean));
}

function revisionOf(number) {
    return store.entries.get(number)?.end ?? "";
}

async function load() {
    const { number, secrets } = shown;
    const response = await fetch(`/_sandbox/console/request?number=${number}${secrets ? "&secrets=shown" : ""}`);
    if (shown.number !== number || shown.secrets !== secrets)
        return;
    if (response.ok)
        draw(await response.json());
    else
        byId("detail").replaceChildren(make("p", { class: "none" }, "This request is no longer in the journal."));
}

function toggleSecrets() {
    shown.secrets = !shown.secrets;
    load().then(() => byId("secrets")?.focus());
}

function reveal() {
    shown.secrets = true;
    load().then(() => byId("secrets")?.focus());
}

export async function open(number) {
    Object.assign(shown, { number, secrets: false, revision: revisionOf(number) });
    list.select(number);
    await load();
    document.body.classList.add("has-detail");
    byId("detail").hidden = false;
    byId("detail").scrollTop = 0;
    byId("detail").focus({ preventScroll: true });
}

export function close() {
    const { number } = shown;
    shown.number = null;
    document.body.classList.remove("has-detail");
    byId("detail").hidden = true;
    byId("detail").replaceChildren();
    list.select(null);
    list.focusOn(number);
}

/** After changes: the request may have been answered meanwhile, or be gone. */
export function refresh() {
    if (shown.number === null || shown.revision === revisionOf(shown.number))
        return;
    shown.revision = revisionOf(shown.number);
    load();
}

export function start() {
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape" && shown.number !== null)
            close();
    });
}
