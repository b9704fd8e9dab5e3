// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// How long the latest answers took, on a logarithmic scale: 10 µs are at the bottom, 10 s at the top.

import { byId, duration, makeSvg } from "./dom.js";
import { failed, latest } from "./store.js";

const COUNT = 60;
const WIDTH = 160;
const HEIGHT = 24;

function heightOf(ms) {
    const part = (Math.log10(Math.min(Math.max(ms, 0.01), 10000)) + 2) / 6;
    return HEIGHT - 2 - part * (HEIGHT - 4);
}

function median(values) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
}

export function render() {
    const answers = latest(COUNT);
    const svg = byId("latency");
    const step = WIDTH / COUNT;
    const bars = answers.map((entry, index) => {
        const y = heightOf(entry.took_ms);
        return makeSvg("rect", {
            x: (index * step).toFixed(2), y: y.toFixed(2), width: (step * 0.7).toFixed(2),
            height: (HEIGHT - y).toFixed(2), class: failed(entry) ? "failed" : "",
        });
    });
    svg.replaceChildren(...bars);
    if (answers.length === 0) {
        byId("latency-text").textContent = "no answer yet";
        svg.setAttribute("aria-label", "Latency: no answer yet");
        return;
    }
    const times = answers.map((entry) => entry.took_ms);
    const text = `median ${duration(median(times))}, longest ${duration(Math.max(...times))}`;
    byId("latency-text").textContent = text;
    svg.setAttribute("aria-label", `Latency of the last ${answers.length} answers: ${text}`);
}
