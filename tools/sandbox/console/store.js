// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// What the stream told: requests, and the groups that they form. Requests of the same call with the
// same idempotency key are attempts at the same thing. It keeps what the journal keeps, no more.

export const entries = new Map(); // by number, in order of arrival
const groups = new Map(); // by id, in order of the last request
export const state = { faults: [], keys: 0, bearer_tokens: 0, client_sessions: 0 };
export const totals = { dropped: 0, clock_ms: 0 };

export function failed(entry) {
    return entry.status >= 400 || (entry.end !== null && entry.end !== "answered");
}

function groupId(entry) {
    return entry.key && entry.call ? entry.call + "\n" + entry.key : "number " + entry.number;
}

function join(entry) {
    const id = groupId(entry);
    const group = groups.get(id) ?? { id, attempts: [], revision: 0 };
    groups.delete(id); // to the end of the order
    groups.set(id, group);
    group.attempts.push(entry);
    group.revision++;
}

function add(entry) {
    const known = entries.get(entry.number);
    if (known) {
        Object.assign(known, entry);
        groups.get(groupId(known)).revision++;
        return;
    }
    entries.set(entry.number, entry);
    join(entry);
}

function leave(entry) {
    const group = groups.get(groupId(entry));
    group.attempts.shift();
    group.revision++;
    if (group.attempts.length === 0)
        groups.delete(group.id);
}

function forgetBefore(oldest) {
    for (const [number, entry] of entries) {
        if (number >= oldest)
            break;
        entries.delete(number);
        leave(entry);
    }
}

function forgetAll() {
    entries.clear();
    groups.clear();
}

/** Takes an event of the stream. Returns how many requests are new. */
export function take(event) {
    if (event.fresh) {
        forgetAll();
        totals.clock_ms = event.clock_ms;
    }
    const before = entries.size;
    event.entries.forEach(add);
    const added = entries.size - before;
    forgetBefore(event.oldest);
    Object.assign(state, event.state);
    totals.dropped = event.dropped;
    return added;
}

/** What the request at this index is within its group. */
export function kindOf({ attempts }, index) {
    const entry = attempts[index];
    if (entry.key_state === "replay")
        return "replay";
    if (entry.key_state === "differs")
        return "other body";
    if (entry.key_state === "running")
        return "key in use";
    if (index === 0)
        return "first";
    return attempts.slice(0, index).some((earlier) => !failed(earlier)) ? "repeat" : "retry";
}

function matches(entry, text) {
    const { method, path, key, status, end, fault, call } = entry;
    return [method, path, key, status ?? end, fault, call].join(" ").toLowerCase().includes(text);
}

/** The newest groups that have such a request; and whether there are more. */
export function newest(limit, text, onlyFailed) {
    const found = [];
    const all = [...groups.values()];
    for (let i = all.length - 1; i >= 0; i--) {
        const group = all[i];
        if (!group.attempts.some((entry) => (!onlyFailed || failed(entry)) && (!text || matches(entry, text))))
            continue;
        if (found.length === limit)
            return { found, more: true };
        found.push(group);
    }
    return { found, more: false };
}

/** The latest answers, oldest first. */
export function latest(count) {
    const found = [];
    const all = [...entries.values()];
    for (let i = all.length - 1; i >= 0 && found.length < count; i--) {
        if (all[i].end === "answered")
            found.unshift(all[i]);
    }
    return found;
}

/** How many requests there are, how many failed, and how many were replayed. */
export function counts() {
    let failures = 0;
    let replays = 0;
    for (const entry of entries.values()) {
        failures += failed(entry);
        replays += entry.key_state === "replay";
    }
    return { requests: entries.size, failures, replays };
}
