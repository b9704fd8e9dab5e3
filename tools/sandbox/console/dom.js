// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// Making elements. Text is only ever set as text: what a request holds is never markup.

const SVG = "http://www.w3.org/2000/svg";

export function byId(id) {
    return document.getElementById(id);
}

function apply(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) {
        if (name.startsWith("on"))
            element.addEventListener(name.slice(2), value);
        else if (value !== null && value !== undefined && value !== false)
            element.setAttribute(name, value === true ? "" : String(value));
    }
}

/** An element with attributes, listeners ("onclick") and children, which are nodes or text. */
export function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    apply(element, attributes);
    element.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return element;
}

export function makeSvg(tag, attributes = {}) {
    const element = document.createElementNS(SVG, tag);
    apply(element, attributes);
    return element;
}

let wanted = "";

/** Tells users of screen readers, not more often than they can listen. */
export function say(text) {
    if (!wanted)
        setTimeout(() => {
            byId("said").textContent = wanted;
            wanted = "";
        }, 1000);
    wanted = text;
}

/** 90 µs, 1.4 ms, 12 ms, 5.0 s */
export function duration(ms) {
    if (ms >= 1000)
        return (ms / 1000).toFixed(ms < 10000 ? 1 : 0) + " s";
    if (ms < 1)
        return Math.round(ms * 1000) + " µs";
    return (ms < 10 ? ms.toFixed(1) : Math.round(ms)) + " ms";
}
