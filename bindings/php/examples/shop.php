<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * A shop's backend for PHP-FPM: a page asks it for what its payment form needs.
 *
 *     GET /hosted-fields                         the token for Hosted Fields
 *     POST /apple-pay  {"validationURL": "..."}  the object for completeMerchantValidation()
 *
 * The worker keeps the client between requests: connections are reused, bearer tokens too. Without FPM:
 *
 *     sessionpay-sandbox -- php -S 127.0.0.1:8080 shop.php
 */

declare(strict_types=1);

use SessionPay\{Client, ConnectProduct, ConnectServer, Event, EventType, Exception, HostedFields,
                InvalidArgumentException, LaterException};

require_once __DIR__ . '/../ffi/autoload.php'; // does nothing where the extension is loaded

/** Where the time went, for the developer's tools of the browser. */
function timing(Event $event): void
{
    if ($event->type === EventType::ATTEMPT) {
        header(sprintf('Server-Timing: payment;dur=%.1f;desc="%s"', $event->total_us / 1000,
                       $event->connect_us === 0 ? 'connection reused' : 'new connection'), false);
    }
}

function client(): Client
{
    return Client::persistent(
        ca_file: getenv('SPAY_CA_FILE') ?: null, timeout_ms: 8000, // less than request_terminate_timeout
        event: timing(...));
}

function hosted_fields_session(): string
{
    $fields = new HostedFields(
        client(), base_url: getenv('SPAY_HOSTED_FIELDS_BASE_URL'), identity_url: getenv('SPAY_HOSTED_FIELDS_IDENTITY_URL'),
        api_key: getenv('SPAY_HOSTED_FIELDS_API_KEY'));
    $session = $fields->createSession(
        processing_terminal_id: getenv('SPAY_HOSTED_FIELDS_TERMINAL_ID'),
        lib_version: getenv('SPAY_HOSTED_FIELDS_LIB_VERSION'), scenario: 'payment');
    return json_encode(['token' => $session->token, 'expiresAt' => $session->expires_at]);
}

function apple_pay_session(string $validation_url): string
{
    $connect = new ConnectServer(
        client(), base_url: getenv('SPAY_CONNECT_BASE_URL'), merchant_id: getenv('SPAY_CONNECT_MERCHANT_ID'),
        api_key_id: getenv('SPAY_CONNECT_API_KEY_ID'), secret_api_key: getenv('SPAY_CONNECT_SECRET_API_KEY'),
        integrator: 'Example Bikes');
    [, $session] = $connect->createApplePaySession(
        product_id: ConnectProduct::APPLE_PAY, display_name: 'Example Bikes',
        domain_name: getenv('SPAY_APPLE_PAY_DOMAIN_NAME'), validation_url: $validation_url);
    return $session->session_object; // as Apple made it: do not parse it
}

/** @return array{int, string} What a page is told of an error is little: the rest is for the log. */
function answer(string $route): array
{
    try {
        if ($route === 'GET /hosted-fields') {
            return [200, hosted_fields_session()];
        }
        if ($route === 'POST /apple-pay') {
            $asked = json_decode(file_get_contents('php://input'), true);
            return is_string($asked['validationURL'] ?? null) ? [200, apple_pay_session($asked['validationURL'])] : [400, '{}'];
        }
    } catch (Exception $error) {
        error_log("{$error->getMessage()} {$error->outcome} {$error->idempotency_key} {$error->request_id}");
        return [match (true) {
            $error instanceof InvalidArgumentException => 400,
            $error instanceof LaterException => 503,
            default => 502,
        }, '{}'];
    }
    return [404, '{}'];
}

[$status, $body] = answer($_SERVER['REQUEST_METHOD'] . ' ' . parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
http_response_code($status);
header('Content-Type: application/json');
header('Cache-Control: no-store');
header('X-Worker: ' . getmypid());
echo $body;
