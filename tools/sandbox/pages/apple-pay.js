// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// A stand-in for ApplePaySession where the browser has none: a sheet that says what would be paid. It
// asks the page to validate the merchant, looks at the merchant session as Apple's software would, and
// gives the page a payment token that is good for nothing.

(() => {
    if (window.ApplePaySession)
        return;

    const VALIDATION_URL = "https://apple-pay-gateway-cert.apple.com/paymentservices/paymentSession";
    const STYLE = `
        * { box-sizing: border-box; }
        dialog { width: min(360px, calc(100% - 32px)); margin: auto auto 24px; padding: 20px; border: 0;
            border-radius: 14px; background: Canvas; color: CanvasText; font: 15px/1.45 system-ui, sans-serif;
            box-shadow: 0 8px 40px rgb(0 0 0 / 35%); }
        dialog::backdrop { background: rgb(0 0 0 / 45%); }
        h2 { margin: 0 0 4px; font-size: 17px; }
        p { margin: 0 0 14px; }
        .note { font-size: 13px; }
        .total { display: flex; justify-content: space-between; font-weight: 600; }
        div { display: flex; gap: 10px; }
        button { flex: 1; min-height: 44px; border: 1px solid GrayText; border-radius: 9px; font: inherit;
            background: Canvas; color: CanvasText; cursor: pointer; }
        button:not(.plain) { border-color: CanvasText; background: CanvasText; color: Canvas; }
        button:disabled { opacity: 0.45; cursor: default; }
        button:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }`;

    function element(tag, text, className = "") {
        const made = document.createElement(tag);
        made.textContent = text;
        made.className = className;
        return made;
    }

    function faultOf(session) {
        if (!session || typeof session.merchantSessionIdentifier !== "string" || typeof session.signature !== "string")
            return "This is not a merchant session.";
        return session.expiresAt > Date.now() ? null : "The merchant session has expired.";
    }

    class StandIn {
        static STATUS_SUCCESS = 0;
        static STATUS_FAILURE = 1;
        static canMakePayments() { return true; }
        static supportsVersion(version) { return version <= 14; }

        constructor(version, request) {
            this.request = request;
        }

        begin() {
            this.open();
            queueMicrotask(() => this.onvalidatemerchant?.({ validationURL: VALIDATION_URL }));
        }

        open() {
            const { currencyCode, total } = this.request;
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(STYLE);
            this.host = document.createElement("apple-pay-stand-in");
            const root = this.host.attachShadow({ mode: "open" });
            root.adoptedStyleSheets = [sheet];
            this.dialog = document.createElement("dialog");
            this.dialog.setAttribute("aria-label", "Apple Pay, simulated");
            this.status = element("p", "Checking the merchant…");
            this.status.setAttribute("role", "status");
            const sum = element("p", "", "total");
            sum.append(element("span", total.label), element("span", `${total.amount} ${currencyCode}`));
            this.pay = element("button", "Pay");
            this.pay.disabled = true;
            this.pay.addEventListener("click", () => this.authorize());
            const cancel = element("button", "Cancel", "plain");
            cancel.addEventListener("click", () => this.cancel());
            this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.cancel(); });
            const buttons = document.createElement("div");
            buttons.append(cancel, this.pay);
            this.dialog.append(element("h2", "Apple Pay, simulated"), element("p", "By the sandbox. Nothing is charged.", "note"),
                sum, this.status, buttons);
            root.append(this.dialog);
            document.body.append(this.host);
            this.dialog.showModal();
        }

        completeMerchantValidation(session) {
            const fault = faultOf(session);
            this.status.textContent = fault ?? `${session.displayName} on ${session.domainName}`;
            this.pay.disabled = fault !== null;
            if (!fault)
                this.pay.focus();
        }

        authorize() {
            this.pay.disabled = true;
            this.status.textContent = "Paying…";
            const paymentData = { version: "EC_v1", data: "simulated" };
            this.onpaymentauthorized?.({ payment: { token: { paymentData, transactionIdentifier: crypto.randomUUID() } } });
        }

        completePayment(result) {
            const status = typeof result === "object" ? result.status : result;
            this.status.textContent = status === StandIn.STATUS_SUCCESS ? "Done" : "Not paid";
            this.abort();
        }

        cancel() {
            this.abort();
            this.oncancel?.({});
        }

        abort() {
            this.dialog.close();
            this.host.remove();
        }
    }

    window.ApplePaySession = StandIn;
})();
