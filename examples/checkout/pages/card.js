// A card form in fields that the payment service hosts: the shop never sees the card.

import { ask, byId, during, hideProblem, openOrder, reloadWhenShownAgain, showPaid, showProblem, tell } from "./checkout.js";

const field = (name, placeholder) => ({ target: `.${name}`, errorTarget: `.${name}-error`, placeholder });

async function pay(token) {
    const order = await during("Paying…", ask("payment", { token }));
    if (order.problem) {
        showProblem(order.problem, () => pay(token));
        return;
    }
    byId("form").hidden = true;
    showPaid(order);
}

function onError(error, sessionToken) {
    if (error.type === "sessionExpired") {
        start(sessionToken).then(() => tell("The form was open for a long time and had to be renewed. Please enter your card again."));
    } else if (error.type !== "validation") {
        showProblem({ code: "form", title: "Your card could not be sent", again: false,
            text: "Nothing was charged. Please press the button again." });
    }
}

function mount({ token, mode }) {
    const form = new window.Payroc.hostedFields({
        sessionToken: token,
        mode,
        fields: {
            card: {
                cardholderName: field("card-holder-name", "Name"),
                cardNumber: field("card-number", "1234 1234 1234 1234"),
                expiryDate: field("card-expiry", "MM / YY"),
                cvv: field("card-cvv", "CVV"),
                submit: { target: ".card-submit", value: `Pay ${byId("amount").textContent}` },
            },
        },
    });
    form.on("submissionSuccess", (result) => { hideProblem(); pay(result.token); });
    form.on("error", (error) => onError(error, token));
    form.initialize();
    byId("form").hidden = false;
}

/** Gets the order's session. The token that the form refused, if any, makes the shop get another one. */
async function start(refused) {
    byId("form").hidden = true;
    const session = await during("Preparing the form…", ask("card-session", { refused }));
    if (session.problem)
        showProblem(session.problem, () => start(refused));
    else if (session.paid)
        location.reload();
    else
        mount(session);
}

reloadWhenShownAgain();
if (!window.Payroc)
    showProblem({ code: "script", title: "The card form could not be loaded", again: true,
        text: "Nothing was charged. A content blocker, or a weak connection, may be the reason." }, () => location.reload());
if (await openOrder() && window.Payroc)
    await start();
