// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// A stand-in for Payroc's Hosted Fields script, as a checkout page uses it:
//
//     const form = new Payroc.hostedFields({ sessionToken, mode, fields: { card: { ... } } });
//     form.on("submissionSuccess", ({ token, expiresAt }) => ...);
//     form.on("error", ({ type, field, message }) => ...);
//     form.initialize();
//
// Each field has a target and an errorTarget, selectors. The real one puts frames of its own origin
// there; these are inputs of the page. Use no real card: 4111 1111 1111 1111 and any later date will do.

(() => {
    const SUBMISSIONS = new URL("submissions", document.currentScript.src);

    function luhn(digits) {
        let sum = 0;
        [...digits].reverse().forEach((digit, index) => {
            const doubled = Number(digit) * (index % 2 ? 2 : 1);
            sum += doubled > 9 ? doubled - 9 : doubled;
        });
        return sum % 10 === 0;
    }

    function isFuture(text) {
        const [, month, year] = /^(\d\d)\s*\/\s*(\d\d)$/.exec(text) ?? [];
        return month >= 1 && month <= 12 && new Date(2000 + Number(year), Number(month), 1) > new Date();
    }

    const FIELDS = {
        cardholderName: { label: "Name on the card", complete: "cc-name", valid: (text) => text.trim() !== "", message: "Enter the name on the card." },
        cardNumber: { label: "Card number", complete: "cc-number", numeric: true, valid: (text) => /^[\d ]{12,23}$/.test(text) && luhn(text.replaceAll(" ", "")), message: "This is not a card number." },
        expiryDate: { label: "Expiry date, month and year", complete: "cc-exp", numeric: true, valid: isFuture, message: "Enter a month and a year to come, as 04 / 29." },
        cvv: { label: "Security code", complete: "cc-csc", numeric: true, valid: (text) => /^\d{3,4}$/.test(text), message: "Enter the three or four digits." },
    };

    function makeInput(name, { label, complete, numeric }, { placeholder }) {
        const input = document.createElement("input");
        Object.assign(input, { name, placeholder: placeholder ?? "", autocomplete: complete });
        input.setAttribute("aria-label", label);
        if (numeric)
            input.inputMode = "numeric";
        return input;
    }

    class HostedFields {
        constructor({ sessionToken, mode, fields }) {
            this.session = { sessionToken, mode };
            this.settings = fields.card;
            this.listeners = { submissionSuccess: [], error: [] };
            this.inputs = new Map();
        }

        on(event, listener) {
            this.listeners[event]?.push(listener);
        }

        tell(event, detail) {
            this.listeners[event].forEach((listener) => listener(detail));
        }

        initialize() {
            for (const [name, field] of Object.entries(FIELDS)) {
                const settings = this.settings[name];
                if (!settings)
                    continue;
                const input = makeInput(name, field, settings);
                document.querySelector(settings.target).replaceChildren(input);
                this.inputs.set(name, input);
                this.showError(name, "");
            }
            this.button = document.createElement("button");
            this.button.type = "button";
            this.button.textContent = this.settings.submit.value ?? "Pay";
            this.button.addEventListener("click", () => this.submit());
            document.querySelector(this.settings.submit.target).replaceChildren(this.button);
        }

        showError(name, message) {
            const { errorTarget } = this.settings[name];
            this.inputs.get(name).toggleAttribute("aria-invalid", message !== "");
            if (errorTarget)
                document.querySelector(errorTarget).textContent = message;
        }

        /** The first field that is not valid gets the focus. */
        check() {
            let first = null;
            for (const [name, input] of this.inputs) {
                const valid = FIELDS[name].valid(input.value);
                this.showError(name, valid ? "" : FIELDS[name].message);
                if (!valid) {
                    first ??= input;
                    this.tell("error", { type: "validation", field: name, message: FIELDS[name].message });
                }
            }
            first?.focus();
            return !first;
        }

        async submit() {
            if (this.button.disabled || !this.check())
                return;
            this.button.disabled = true;
            try {
                const response = await fetch(SUBMISSIONS, { method: "POST", body: JSON.stringify(this.session) });
                const answer = await response.json();
                if (answer.error)
                    this.tell("error", { type: answer.error, message: "The session has expired." });
                else
                    this.tell("submissionSuccess", answer);
            } catch {
                this.button.disabled = false;
                this.tell("error", { type: "network", message: "The card could not be sent." });
            }
        }
    }

    window.Payroc = { hostedFields: HostedFields };
})();
