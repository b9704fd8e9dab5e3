<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * The library by PHP's FFI: structs from PHP's values and back, by the tables of generated.php; errors.
 */

declare(strict_types=1);

namespace SessionPay\Native;

use FFI;
use FFI\CData;

abstract class Library
{
    private static ?FFI $ffi = null;
    /** @var array<string, FFI> stores, which are libraries of their own */
    private static array $adapters = [];

    public static function ffi(): FFI
    {
        return self::$ffi ??= FFI::cdef(self::declarations('sessionpay'), self::file('libsessionpay'));
    }

    public static function adapter(string $name): FFI
    {
        try {
            return self::$adapters[$name] ??= FFI::cdef(self::declarations('sessionpay') . self::declarations("sessionpay-$name"),
                                                        self::file("libsessionpay-$name"));
        } catch (FFI\Exception $exception) {
            throw new \Error("libsessionpay-$name is not found", 0, $exception);
        }
    }

    /** Beside the library. */
    private static function file(string $library): string
    {
        $given = getenv('SESSIONPAY_LIBRARY') ?: 'libsessionpay.so.0';
        return dirname($given) === '.' ? "$library.so.0" : ($library === 'libsessionpay' ? $given : dirname($given) . "/$library.so.0");
    }

    /** What FFI would make a string of, up to its first NUL, is bytes here. */
    private static function declarations(string $name): string
    {
        $given = getenv('SESSIONPAY_CDEF');
        foreach ($given ? [dirname($given)] : [__DIR__ . '/../../../share', '/usr/share/sessionpay', '/usr/local/share/sessionpay'] as $directory) {
            $path = $given && $name === 'sessionpay' ? $given : "$directory/$name.cdef.h";
            if (is_readable($path)) {
                return preg_replace('/^const char \*(?=spay_error_body\(|spay_mock_request_body\()/m', 'const void *',
                                    file_get_contents($path));
            }
        }
        throw new \Error("$name.cdef.h of libsessionpay is not found; SESSIONPAY_CDEF can name sessionpay.cdef.h");
    }

    /** What a function returns as text. */
    public static function text(string $function, mixed ...$arguments): string
    {
        return self::ffi()->$function(...$arguments) ?? '';
    }

    /** What a function makes, or the exception for its error. */
    public static function made(string $function, string $kind, mixed ...$arguments): CData
    {
        $made = self::ffi()->new("$kind *");
        $error = self::ffi()->new('spay_error *');
        if (self::ffi()->$function(...$arguments, ...[FFI::addr($made), FFI::addr($error)]) !== 0) {
            throw Failures::of($error);
        }
        return $made;
    }
}

/** Something of the library, which is freed after all that needs it: PHP may destroy objects in any order. */
final class Owned
{
    private int $uses = 1;
    /** @var list<Owned> */
    private array $needed;

    public function __construct(public readonly CData $pointer, private string $free, ?Owned ...$needed)
    {
        $this->needed = array_filter($needed);
        foreach ($this->needed as $one) {
            $one->uses++;
        }
    }

    public function __destruct()
    {
        $this->release();
    }

    private function release(): void
    {
        if (--$this->uses === 0) {
            Library::ffi()->{$this->free}($this->pointer);
            foreach ($this->needed as $one) {
                $one->release();
            }
        }
    }
}

// ---- Structs --------------------------------------------------------------------------------------

/** A struct that the caller fills, and what it points to. Secrets are wiped with it. */
final class Filled
{
    public readonly CData $struct;
    /** @var list<CData|Filled> */
    private array $kept = [];

    /** `ffi` is that of the library that has the struct. */
    public function __construct(string $name, #[\SensitiveParameter] array $values, ?FFI $ffi = null)
    {
        $ffi ??= Library::ffi();
        $this->struct = $ffi->new($name);
        $ffi->{$name . '_init'}(FFI::addr($this->struct), FFI::sizeof($this->struct));
        foreach (Structs::MEMBERS[$name] as [$member, $kind, $count]) {
            if (isset($values[$member])) {
                $this->struct->$member = $this->converted($member, $kind, $values[$member]);
                if ($count !== '') {
                    $this->struct->$count = is_array($values[$member]) ? count($values[$member]) : strlen($values[$member]);
                }
            }
        }
    }

    public function __destruct()
    {
        foreach ($this->kept as $one) {
            if ($one instanceof CData) {
                FFI::memset($one, 0, FFI::sizeof($one));
            }
        }
    }

    private function converted(string $name, string $kind, #[\SensitiveParameter] mixed $value): mixed
    {
        $ffi = Library::ffi();
        switch ($kind) {
            case 'text':
                return $this->text($name, $value);
            case 'bytes':
                return $this->copied($value);
            case 'choice':
                return $value ? $ffi->SPAY_YES : $ffi->SPAY_NO;
            case 'int32':
                return Values::small($name, $value);
            case 'texts':
            case 'ints':
                return $this->elements($name, $kind, $value);
        }
        if (is_object($value)) {
            $this->kept[] = $made = new self($kind, get_object_vars($value));
            return FFI::addr($made->struct);
        }
        return $value;
    }

    private function text(string $name, #[\SensitiveParameter] string $value): CData
    {
        if (str_contains($value, "\0")) {
            throw new \ValueError("Argument (\$$name) must not contain any null bytes");
        }
        return $this->copied($value);
    }

    private function copied(#[\SensitiveParameter] string $value): CData
    {
        $length = strlen($value);
        $this->kept[] = $buffer = Library::ffi()->new('char[' . ($length + 1) . ']');
        FFI::memcpy($buffer, $value, $length);
        return Library::ffi()->cast('char *', FFI::addr($buffer));
    }

    private function elements(string $name, string $kind, array $values): CData
    {
        $type = $kind === 'texts' ? 'char *' : 'int32_t';
        $array = Library::ffi()->new($type . '[' . (count($values) + 1) . ']');
        $this->kept[] = $array;
        Values::elements($name, $kind === 'texts' ? 'string' : 'int', $values);
        foreach (array_values($values) as $index => $value) {
            $array[$index] = $kind === 'texts' ? $this->text($name, $value) : Values::small($name, $value);
        }
        return Library::ffi()->cast($kind === 'texts' ? 'char **' : 'int32_t *', FFI::addr($array));
    }
}

abstract class Values
{
    /** @var array<class-string, \Closure> */
    private static array $makers = [];

    /** For int32_t: FFI would cut it. */
    public static function small(string $name, int $value): int
    {
        if ($value < -0x80000000 || $value > 0x7fffffff) {
            throw new \ValueError("Argument (\$$name) must be between -2147483648 and 2147483647");
        }
        return $value;
    }

    /** An array that has elements of one type only. */
    public static function elements(string $name, string $type, ?array $values): ?array
    {
        foreach ($values ?? [] as $value) {
            if ($type === 'string' ? !is_string($value) : !is_int($value)) {
                throw new \TypeError("Argument (\$$name) must be an array of $type, there is " . get_debug_type($value) . ' in it');
            }
        }
        return $values;
    }

    /** An object whose constructor is private. */
    public static function make(string $class, #[\SensitiveParameter] array $values): object
    {
        self::$makers[$class] ??= \Closure::bind(
            static fn (#[\SensitiveParameter] array $values): object => new $class($values), null, $class);
        return (self::$makers[$class])($values);
    }

    public static function show(string $struct, CData $made, mixed $call_ctx = null): object
    {
        $values = [];
        foreach (Structs::MEMBERS[$struct] as [$name, $kind, $count]) {
            $values[$name] = $kind === 'object' ? $call_ctx : self::shown($made, $name, $kind, $count);
        }
        return self::make(Structs::CLASSES[$struct], $values);
    }

    private static function shown(CData $made, string $name, string $kind, string $count): mixed
    {
        $value = $made->$name;
        if ($kind === 'choice') {
            return $value === Library::ffi()->SPAY_YES;
        }
        if ($kind === 'texts') {
            $texts = [];
            for ($i = 0; $i < $made->$count; $i++) {
                $texts[] = $value[$i];
            }
            return $texts;
        }
        return isset(Structs::CLASSES[$kind]) && $value !== null ? self::show($kind, $value) : $value;
    }
}

// ---- Errors ---------------------------------------------------------------------------------------

abstract class Failures
{
    private const TEXTS = ['reason', 'provider_code', 'request_id', 'idempotency_key'];
    private const NUMBERS = ['stage', 'http_status', 'attempts', 'requests_sent', 'elapsed_ms'];

    /** The exception for an error, which is freed. */
    public static function of(CData $error, ?\SessionPay\ConnectServerSession $first = null): \SessionPay\Exception
    {
        $owned = new Owned($error, 'spay_error_free');
        $ffi = Library::ffi();
        $status = $ffi->spay_error_status($error);
        $members = ['name' => Library::text('spay_error_name', $error), 'status' => $status, 'server_session' => $first]
            + self::members($error);
        $class = Structs::ERRORS[$status] ?? \SessionPay\Exception::class;
        $made = (new \ReflectionClass($class))->newInstanceWithoutConstructor();
        $made->fromNative(Library::text('spay_error_message', $error), $members);
        return $made;
    }

    private static function members(CData $error): array
    {
        $ffi = Library::ffi();
        $wait = $ffi->spay_error_retry_after_ms($error);
        $length = $ffi->new('size_t');
        $body = $ffi->spay_error_body($error, FFI::addr($length));
        $members = [
            'provider' => Library::text('spay_provider_name', $ffi->spay_error_provider($error)),
            'outcome' => Library::text('spay_outcome_name', $ffi->spay_error_outcome($error)),
            'retryable' => (bool)$ffi->spay_error_retryable($error), 'retry_after_ms' => $wait < 0 ? null : $wait,
            'field_errors' => self::fields($error), 'body' => FFI::string($body, $length->cdata)];
        foreach (self::TEXTS as $name) {
            $members[$name] = Library::text("spay_error_$name", $error);
        }
        foreach (self::NUMBERS as $name) {
            $members[$name] = $ffi->{"spay_error_$name"}($error);
        }
        return $members;
    }

    private static function fields(CData $error): array
    {
        $fields = [];
        for ($i = 0, $count = Library::ffi()->spay_error_field_count($error); $i < $count; $i++) {
            $fields[] = Values::make(\SessionPay\FieldError::class, [
                'path' => Library::text('spay_error_field_path', $error, $i),
                'code' => Library::text('spay_error_field_code', $error, $i),
                'message' => Library::text('spay_error_field_message', $error, $i)]);
        }
        return $fields;
    }
}
