<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * What the tests share: TAP, the sandbox, and the classes: of the extension if it is loaded, otherwise
 * those for FFI.
 */

declare(strict_types=1);

if (!extension_loaded('sessionpay')) {
    require __DIR__ . '/../ffi/autoload.php';
}

final class Tap
{
    private int $count = 0;
    private int $failed = 0;

    public function ok(bool $passed, string $name, mixed $why = ''): bool
    {
        $this->count++;
        $this->failed += $passed ? 0 : 1;
        printf("%sok %d - %s\n", $passed ? '' : 'not ', $this->count, $name);
        if (!$passed) {
            $why = is_string($why) ? $why : json_encode($why, JSON_PRETTY_PRINT | JSON_PARTIAL_OUTPUT_ON_ERROR);
            foreach (array_slice(explode("\n", (string)$why), 0, 40) as $line) {
                echo "#   $line\n";
            }
        }
        return $passed;
    }

    public function equal(mixed $got, mixed $wanted, string $name): bool
    {
        return $this->ok($got === $wanted, $name, 'got    ' . var_export($got, true) . "\nwanted " . var_export($wanted, true));
    }

    public function skip(string $name, string $reason): void
    {
        printf("ok %d - %s # SKIP %s\n", ++$this->count, $name, $reason);
    }

    public function done(): never
    {
        echo "1..{$this->count}\n";
        exit($this->failed ? 1 : 0);
    }
}

/** @return array{int, string} status and body */
function asked(string $url, ?string $body = null): array
{
    $context = stream_context_create([
        'ssl' => ['cafile' => getenv('SPAY_CA_FILE')],
        'http' => ['method' => $body === null ? 'GET' : 'POST', 'content' => $body ?? '', 'ignore_errors' => true,
                   'header' => 'Content-Type: application/json'],
    ]);
    $answer = file_get_contents($url, false, $context);
    return [(int)explode(' ', $http_response_header[0])[1], $answer];
}

/** A request for the sandbox itself. */
function sandbox(string $what, ?string $body = ''): mixed
{
    [$status, $answer] = asked(getenv('SPAY_SANDBOX_URL') . '/_sandbox/' . $what, $body);
    if ($status >= 300) {
        throw new RuntimeException("sandbox: $what: $status");
    }
    return $answer === '' ? null : json_decode($answer, false, 512, JSON_THROW_ON_ERROR);
}
