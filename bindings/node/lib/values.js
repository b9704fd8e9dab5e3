// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT
//
// The caller's values become arrays in the order of a struct's members, which the addon reads. Types
// are checked here; everything else is the library's to say.
'use strict';

// By struct, filled by generated.js: a Map of names to [index, kind]; the class of those the library makes.
const MEMBERS = {};
const CLASSES = {};

function kindOf(value) {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? value.constructor?.name ?? 'object' : typeof value;
}

function wrongType(name, wanted, value) {
  const error = new TypeError(`${name} must be ${wanted}, not ${kindOf(value)}`);
  error.code = 'ERR_INVALID_ARG_TYPE';
  return error;
}

function wrongValue(name, what, Kind = RangeError) {
  const error = new Kind(`${name} ${what}`);
  error.code = 'ERR_INVALID_ARG_VALUE';
  return error;
}

// What C's texts cannot hold, or UTF-8 cannot: two such intents must not become the same.
const NOT_TEXT = /[\0\ud800-\udfff]/u;

function text(name, value) {
  if (typeof value !== 'string') throw wrongType(name, 'a string', value);
  if (NOT_TEXT.test(value)) throw wrongValue(name, 'must not contain a NUL or half a character');
  return value;
}

function integer(least, most) {
  return (name, value) => {
    if (typeof value !== 'number') throw wrongType(name, 'a number', value);
    if (!Number.isInteger(value)) throw wrongValue(name, 'must be an integer');
    if (value < least || value > most) throw wrongValue(name, 'does not fit');
    return value;
  };
}

const int32 = integer(-(2 ** 31), 2 ** 31 - 1);

function boolean(name, value) {
  if (typeof value !== 'boolean') throw wrongType(name, 'a boolean', value);
  return value;
}

function bytes(name, value) {
  if (!(value instanceof Uint8Array)) throw wrongType(name, 'a Buffer or Uint8Array', value);
  return value;
}

function elements(check) {
  return (name, value) => {
    if (!Array.isArray(value)) throw wrongType(name, 'an array', value);
    return Array.from(value, (one, index) => check(`${name}[${index}]`, one));
  };
}

const CHECKS = {
  text, bytes, choice: boolean, int32,
  uint32: integer(0, 2 ** 32 - 1),
  int64: integer(Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER),
  size: integer(0, Number.MAX_SAFE_INTEGER),
  texts: elements(text),
  ints: elements(int32),
};

// undefined and null are what is not set. Members that `others` has are not the struct's, and passed over.
function valuesOf(struct, given, what, others) {
  const members = MEMBERS[struct];
  const values = new Array(members.size).fill(undefined);
  if (given === undefined || given === null) return values;
  if (typeof given !== 'object' || Array.isArray(given)) throw wrongType(what, 'an object', given);
  for (const name in given) {
    const value = given[name];
    const member = members.get(name);
    if (member === undefined && others?.has(name)) continue;
    if (member === undefined) throw wrongValue(`${what}.${name}`, 'does not exist', TypeError);
    if (value === undefined || value === null) continue;
    const check = CHECKS[member[1]];
    values[member[0]] = check ? check(name, value) : valuesOf(member[1], value, name);
  }
  return values;
}

module.exports = { CLASSES, MEMBERS, CHECKS, valuesOf, wrongType, wrongValue };
