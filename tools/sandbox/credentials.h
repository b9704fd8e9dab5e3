/*
 * Copyright (c) 2026 the libsessionpay authors
 * SPDX-License-Identifier: MIT
 *
 * The fixed credentials that the sandbox accepts. None of them works anywhere else.
 */

#ifndef SANDBOX_CREDENTIALS_H
#define SANDBOX_CREDENTIALS_H

#define WEPAY_APP_ID "700123"
#define WEPAY_APP_TOKEN "stage_SANDBOX-NOT-A-REAL-TOKEN"
#define WEPAY_ACCOUNT_ID "2f8d6c1b-70e4-4a39-9b5d-e61c03a7f852"

#define HOSTED_FIELDS_API_KEY "sandbox-api-key-not-real"
#define HOSTED_FIELDS_TERMINAL_ID "7702014"
#define HOSTED_FIELDS_LIB_VERSION "1.7.0.261457"

#define CONNECT_MERCHANT_ID "4217"
#define CONNECT_API_KEY_ID "sandbox-key-id"
#define CONNECT_SECRET_API_KEY "c2FuZGJveC1zZWNyZXQtbm90LXJlYWw="

#define APPLE_PAY_DOMAIN_NAME "checkout.example-bikes.test"
#define APPLE_PAY_VALIDATION_URL                                                                   \
    "https://apple-pay-gateway-cert.apple.com/paymentservices/paymentSession"

#endif
