// Apple Pay: the sheet asks this page to validate the merchant, the page asks the shop, and the shop the
// payment service. Where the browser has no Apple Pay, the sandbox's stand-in shows a sheet.

import { ask, byId, during, hideProblem, openOrder, reloadWhenShownAgain, showPaid, showProblem } from "./checkout.js";

const { standIn } = byId("page").dataset;

function load(url) {
    return new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = url;
        script.crossOrigin = "anonymous";
        script.onload = script.onerror = resolve;
        document.head.append(script);
    });
}

function giveUp(session, problem) {
    session.abort();
    byId("pay").disabled = false;
    showProblem(problem, open);
}

async function validate(session, validationURL) {
    const merchant = await during("Asking for Apple Pay…", ask("merchant-session", { validationURL }));
    if (session.canceled)
        return;
    if (merchant.problem)
        giveUp(session, merchant.problem);
    else if (merchant.paid)
        location.reload();
    else
        session.completeMerchantValidation(merchant);
}

async function pay(session, token) {
    const paid = await during("Paying…", ask("payment", { token: JSON.stringify(token) }));
    session.completePayment(paid.problem ? window.ApplePaySession.STATUS_FAILURE : window.ApplePaySession.STATUS_SUCCESS);
    byId("pay").disabled = false;
    if (paid.problem) {
        showProblem(paid.problem, open);
        return;
    }
    byId("pay").hidden = true;
    showPaid(paid);
}

/** A sheet. It is opened by a click, as Apple demands, and one at a time. */
function open() {
    hideProblem();
    byId("pay").disabled = true;
    const session = new window.ApplePaySession(3, {
        countryCode: "DE",
        currencyCode: order.currency,
        merchantCapabilities: ["supports3DS"],
        supportedNetworks: ["visa", "masterCard"],
        total: { label: "Example Bikes", amount: order.amount },
    });
    session.onvalidatemerchant = ({ validationURL }) => validate(session, validationURL);
    session.onpaymentauthorized = ({ payment }) => pay(session, payment.token);
    session.oncancel = () => {
        session.canceled = true;
        byId("pay").disabled = false;
    };
    session.begin();
}

reloadWhenShownAgain();
const order = await openOrder();
if (order && !window.ApplePaySession && standIn)
    await load(standIn);
if (order && window.ApplePaySession?.canMakePayments()) {
    byId("pay").hidden = false;
    byId("pay").addEventListener("click", open);
} else if (order) {
    showProblem({ code: "unsupported", title: "This browser has no Apple Pay", again: false,
        text: "Please go back, and pay by card." });
}
