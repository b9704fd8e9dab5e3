<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * The example in PHP-FPM: a worker's second request finds the connection and the bearer token of its first.
 *
 * usage: sessionpay-sandbox -- php fpm.php PHP-FPM...    with the options that load the extension
 */

declare(strict_types=1);

require __DIR__ . '/support.php';

final class Fpm
{
    private const CONFIG = "[global]\nerror_log = %1\$s/log\n[www]\nlisten = %1\$s/socket\npm = static\npm.max_children = 1\n" .
        "clear_env = no\ncatch_workers_output = yes\nrequest_terminate_timeout = 30\n";

    private string $directory;
    /** @var resource */
    private $process;

    public function __construct(array $command)
    {
        $this->directory = sys_get_temp_dir() . '/sessionpay-fpm-' . getmypid();
        mkdir($this->directory, 0700);
        file_put_contents("$this->directory/conf", sprintf(self::CONFIG, $this->directory));
        $root = posix_getuid() === 0 ? ['--allow-to-run-as-root'] : [];
        $user = $root ? "user = root\n" : '';
        file_put_contents("$this->directory/conf", $user, FILE_APPEND);
        $this->process = proc_open([...$command, ...$root, '-F', '-y', "$this->directory/conf"],
                                   [['file', '/dev/null', 'r'], STDERR, STDERR], $pipes);
        for ($left = 3000; !file_exists("$this->directory/socket") && proc_get_status($this->process)['running'] && $left; $left--) {
            usleep(10000);
        }
    }

    /** @return array{int, array<string, list<string>>, string} status, headers, body */
    public function ask(string $method, string $path, string $body = ''): array
    {
        $environment = ['REQUEST_METHOD' => $method, 'REQUEST_URI' => $path, 'SCRIPT_FILENAME' => realpath(__DIR__ . '/../examples/shop.php'),
                        'CONTENT_LENGTH' => (string)strlen($body), 'CONTENT_TYPE' => 'application/json', 'PATH' => getenv('PATH')];
        $process = proc_open(['cgi-fcgi', '-bind', '-connect', "$this->directory/socket"],
                             [['pipe', 'r'], ['pipe', 'w'], STDERR], $pipes, null, $environment);
        fwrite($pipes[0], $body);
        fclose($pipes[0]);
        [$head, $text] = explode("\r\n\r\n", stream_get_contents($pipes[1]), 2) + ['', ''];
        proc_close($process);
        $headers = ['status' => ['200 OK']];
        foreach (explode("\r\n", $head) as $line) {
            [$name, $value] = explode(': ', $line, 2) + ['', ''];
            $headers[strtolower($name)] = [...(strtolower($name) === 'status' ? [] : $headers[strtolower($name)] ?? []), $value];
        }
        return [(int)$headers['status'][0], $headers, $text];
    }

    public function log(): string
    {
        return (string)file_get_contents("$this->directory/log");
    }

    public function stop(): int
    {
        proc_terminate($this->process, SIGQUIT);
        while (($status = proc_get_status($this->process))['running']) {
            usleep(10000);
        }
        array_map(unlink(...), array_filter(glob("$this->directory/*")));
        rmdir($this->directory);
        return $status['exitcode'];
    }
}

function reused(array $headers): array
{
    return array_map(static fn ($line) => str_contains($line, 'connection reused'), $headers['server-timing'] ?? []);
}

$tap = new Tap();
$fpm = new Fpm(array_slice($argv, 1));
[$status, $first, $body] = $fpm->ask('GET', '/hosted-fields');
$tap->ok($status === 200 && isset(json_decode($body)->token), 'a Hosted Fields session', $body . $fpm->log());
[$status, $second, $body] = $fpm->ask('GET', '/hosted-fields');
$tap->ok($status === 200 && $second['x-worker'] === $first['x-worker'], 'another, of the same worker', $body . $fpm->log());
$paths = array_column(sandbox('requests', null)->requests, 'path');
$tap->equal(count(preg_grep('/authorize/', $paths)), 1, 'it used the bearer token of the first');
$tap->equal([in_array(false, reused($first), true), reused($second)], [true, [true]], 'and its connection');

$page = json_encode(['validationURL' => getenv('SPAY_APPLE_PAY_VALIDATION_URL')]);
[$status, , $body] = $fpm->ask('POST', '/apple-pay', $page);
$tap->ok($status === 200 && str_contains($body, 'merchantSessionIdentifier'), 'an Apple Pay session', $body . $fpm->log());
[$status, $third] = $fpm->ask('POST', '/apple-pay', $page);
$tap->ok($status === 200 && !in_array(false, reused($third), true), 'and another, over the same connections', $third);
foreach ([['POST', '/apple-pay', '{"validationURL": "https://evil.example/"}', 400, "an address that is not Apple's"],
          ['POST', '/apple-pay', '[]', 400, 'a body that is none'], ['GET', '/other', '', 404, 'another page']] as [$method, $path, $body, $wanted, $name]) {
    $tap->equal($fpm->ask($method, $path, $body)[0], $wanted, $name);
}
$tap->equal($fpm->ask('GET', '/hosted-fields')[1]['x-worker'] ?? null, $first['x-worker'], 'the worker is still the first');
$tap->ok(!preg_match('/SIG(SEGV|ABRT|BUS)/', $fpm->log()), 'none has crashed', $fpm->log());
$tap->equal($fpm->stop(), 0, 'the pool ends in order');
$tap->done();
