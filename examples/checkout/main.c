/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 */

/*
 * A shop with two ways to pay: by card, in a form of Payroc's Hosted Fields, and with Apple Pay, by
 * Worldline Connect. docs/checkout.md explains it.
 *
 *     build/bin/sessionpay-sandbox -- build/examples/checkout
 *
 * and open the address that it prints. Ends with SIGINT or SIGTERM. Settings are in the environment:
 *
 *     CHECKOUT_PORT                 8080; 0 takes a free port
 *     CHECKOUT_PAGES                the directory with the pages, examples/checkout/pages
 *     CHECKOUT_KEY_SECRET           for idempotency keys; required unless there is a sandbox
 *     CHECKOUT_ORIGIN               what browsers see, behind a proxy
 */
#include <signal.h>
#include <unistd.h>

#include <microhttpd.h>

#include "../example.h"
#include "orders.h"
#include "payments.h"
#include "web.h"

/* Payroc's script for UAT, and the hash that its documentation gives for this version. */
#define UAT_ORIGIN "https://cdn.uat.payroc.com"
#define UAT_SCRIPT UAT_ORIGIN "/js/hosted-fields/hosted-fields-1.7.0.261457.js"
#define UAT_HASH "sha384-m1A0nfFYa8sAfpDN0d60o4ztd/aCPC2xDVaOT31Urrmn4xypfHqgHQMayZeIK1PM"

static const char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);

    return value && *value ? value : otherwise;
}

/* Against the sandbox its own scripts stand in for those of Payroc and Apple. */
static struct MHD_Daemon *start_web(int *port)
{
    const char *sandbox = getenv("SPAY_SANDBOX_URL");
    static char script[256], apple_pay[256];
    struct web_settings settings = {
        .pages = setting("CHECKOUT_PAGES", "examples/checkout/pages"),
        .card_script = UAT_SCRIPT,
        .integrity = UAT_HASH,
        .apple_pay = "",
        .sources = UAT_ORIGIN " https://*.uat.payroc.com",
    };

    if (sandbox) {
        snprintf(script, sizeof(script), "%s/js/hosted-fields/hosted-fields-%s.js", sandbox,
                 example_need("SPAY_HOSTED_FIELDS_LIB_VERSION"));
        snprintf(apple_pay, sizeof(apple_pay), "%s/js/apple-pay.js", sandbox);
        settings.card_script = script;
        settings.apple_pay = apple_pay;
        settings.integrity = "";
        settings.sources = sandbox;
    }
    return web_start(&settings, port);
}

int main(void)
{
    sigset_t signals;
    int port = atoi(setting("CHECKOUT_PORT", "8080"));
    int number;

    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    sigprocmask(SIG_BLOCK, &signals, NULL); /* before there are threads: main waits for them */

    if (getenv("SPAY_SANDBOX_URL"))
        setenv("CHECKOUT_KEY_SECRET", "of the sandbox, nobody else's orders", 0);
    if (!payments_start())
        return 1;
    struct MHD_Daemon *web = start_web(&port);
    if (!web) {
        fprintf(stderr, "cannot listen on port %d\n", port);
        return 1;
    }
    printf("http://127.0.0.1:%d/\n", port);
    fflush(stdout);
    sigwait(&signals, &number);

    MHD_stop_daemon(web);
    orders_free();
    payments_stop();
    return 0;
}
