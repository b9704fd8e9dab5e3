<?php
// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
/**
 * What the classes of SessionPay declare, to compare the extension, the classes for FFI, and the stub.
 *
 * usage: php signatures.php sessionpay.stub.php    prints it as JSON
 */

declare(strict_types=1);

function signature_of(ReflectionMethod $method): string
{
    $parameters = array_map(static fn (ReflectionParameter $one) => sprintf(
        '%s%s $%s%s', $one->getAttributes() ? '#' : '', $one->getType(), $one->name,
        $one->isOptional() ? ' = ' . json_encode($one->getDefaultValue()) : ''), $method->getParameters());
    return ($method->isStatic() ? 'static ' : '') . '(' . implode(', ', $parameters) . '): ' . $method->getReturnType();
}

/** @return array<string, mixed> */
function signatures_of(string $class): array
{
    $of = new ReflectionClass($class);
    $made = ['parent' => $of->getParentClass() ? $of->getParentClass()->name : '', 'final' => $of->isFinal(),
             'abstract' => $of->isAbstract(), 'constants' => $of->getConstants(ReflectionClassConstant::IS_PUBLIC), 'properties' => [], 'methods' => []];
    foreach ($of->getProperties(ReflectionProperty::IS_PUBLIC) as $one) {
        $made['properties'][$one->name] = $one->getType() . ($one->isReadOnly() ? ' readonly' : '');
    }
    foreach ($of->getMethods() as $one) {
        if (str_starts_with($one->class, 'SessionPay\\') && ($one->isPublic() || $one->isConstructor())) {
            $made['methods'][$one->name] = $one->isPublic() ? signature_of($one) : 'private';
        }
    }
    ksort($made['properties']);
    return $made;
}

if (realpath($argv[0]) === __FILE__) {
    require $argv[1];
    $classes = array_filter(get_declared_classes(), static fn (string $name) => str_starts_with($name, 'SessionPay\\'));
    echo json_encode(array_combine($classes, array_map(signatures_of(...), $classes)), JSON_PRETTY_PRINT), "\n";
}
