// What both ways to pay share: asking the shop, and telling the shopper. The order is in the path.

const base = location.pathname.replace(/[^/]*$/, "");
const SLOW_MS = 1500;

export const byId = (id) => document.getElementById(id);

export async function ask(what, body) {
    const request = body && { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } };
    try {
        const response = await fetch(base + what, { cache: "no-store", ...request });
        if (response.ok)
            return await response.json();
    } catch {
        // told below
    }
    return { problem: { code: "offline", title: "The shop cannot be reached", again: true,
        text: "Nothing was charged. Is your device connected to the internet?" } };
}

export function tell(text) {
    byId("status").textContent = text;
}

/** While something runs; says more when it takes long. */
export async function during(text, promise) {
    const timer = setTimeout(() => tell("This takes longer than usual. Please leave the page open."), SLOW_MS);
    tell(text);
    try {
        return await promise;
    } finally {
        clearTimeout(timer);
        tell("");
    }
}

function element(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
}

export function hideProblem() {
    byId("problem").hidden = true;
}

/** What went wrong, in the words of the shop; and a button where trying again can help. */
export function showProblem({ code, title, text, again, afterSeconds }, retry) {
    const box = byId("problem");
    box.dataset.code = code;
    box.replaceChildren(element("h2", title), element("p", text));
    if (afterSeconds)
        box.append(element("p", `Ready again in about ${afterSeconds} s.`));
    if (again && retry) {
        const button = element("button", "Try again");
        button.addEventListener("click", () => { hideProblem(); retry(); });
        box.append(button);
    }
    box.hidden = false;
}

export function showPaid(order) {
    hideProblem();
    byId("done").replaceChildren(element("h2", "Thank you!"),
        element("p", `Your order ${order.id.slice(0, 8)} is paid. We will send the ${order.item.toLowerCase()} today.`));
    byId("done").hidden = false;
}

/** Shows the order. Returns it if it is still to be paid. */
export async function openOrder() {
    const order = await ask("state");
    if (order.problem) {
        showProblem(order.problem, () => location.reload());
        return null;
    }
    byId("item").textContent = order.item;
    byId("amount").textContent = `${order.amount} ${order.currency}`;
    if (order.paid)
        showPaid(order);
    return order.paid ? null : order;
}

/** The browser's back button may show the page as it was left. */
export function reloadWhenShownAgain() {
    addEventListener("pageshow", (event) => {
        if (event.persisted)
            location.reload();
    });
}
