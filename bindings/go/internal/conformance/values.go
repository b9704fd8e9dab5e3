// Copyright (c) 2026 the libsessionpay authors
// SPDX-License-Identifier: MIT

package main

import (
	"encoding/json"
	"errors"
	"log"
	"reflect"
	"strings"
	"time"

	"sessionpay"
)

// ---- JSON ------------------------------------------------------------------------------------------

func at(value any, names ...string) any {
	for _, name := range names {
		inside, ok := value.(object)
		if !ok {
			return nil
		}
		value = inside[name]
	}
	return value
}

func text(value any, indent string) string {
	made, err := json.MarshalIndent(value, "", indent)
	if indent == "" {
		made, err = json.Marshal(value)
	}
	if err != nil {
		log.Fatal(err)
	}
	return string(made)
}

// merged is a JSON Merge Patch: null removes a member.
func merged(base, patch object) object {
	made := object{}
	for name, value := range base {
		made[name] = value
	}
	for name, value := range patch {
		inside, isObject := value.(object)
		before, wasObject := made[name].(object)
		switch {
		case value == nil:
			delete(made, name)
		case isObject && wasObject:
			made[name] = merged(before, inside)
		default:
			made[name] = value
		}
	}
	return made
}

// matches: what the package has given is known by names without underscores, see memberOf.
func matches(expected, got, before any) bool {
	switch expected := expected.(type) {
	case nil: // a text that is not there is empty in Go
		return got == nil || got == ""
	case object:
		if _, ok := got.(object); !ok {
			return false
		}
		for name, value := range expected {
			name = squeezed(name)
			if !matches(value, at(got, name), at(before, name)) {
				return false
			}
		}
		return true
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(expected) {
			return false
		}
		for index, value := range expected {
			if !matches(value, list[index], nil) {
				return false
			}
		}
		return true
	case string:
		if expected == "$SAME" {
			return got != nil && reflect.DeepEqual(before, got)
		}
		if expected == "$SOME" {
			some, ok := got.(string)
			return ok && some != ""
		}
	}
	return reflect.DeepEqual(expected, got)
}

func squeezed(name string) string { return strings.ReplaceAll(name, "_", "") }

// ---- Values of the package -------------------------------------------------------------------------

// fill sets fields by the names that members have in C.
func fill(into any, members object) {
	value := reflect.ValueOf(into).Elem()
	for name, member := range members {
		field := value.FieldByNameFunc(func(field string) bool {
			found, _ := value.Type().FieldByName(field)
			return memberOf(found) == squeezed(name)
		})
		if !field.IsValid() {
			log.Fatalf("%s has no member %s", value.Type(), name)
		}
		set(field, member)
	}
}

// memberOf is the name in C without underscores: the type of a time says what the unit is there.
func memberOf(field reflect.StructField) string {
	name := strings.ToLower(field.Name)
	switch field.Type {
	case reflect.TypeOf(time.Time{}), reflect.TypeOf(time.Duration(0)):
		return name + "ms"
	}
	if strings.HasSuffix(name, "attext") { // the text of a time
		return strings.TrimSuffix(name, "text")
	}
	return name
}

func set(field reflect.Value, value any) {
	switch value := value.(type) {
	case string:
		if field.Type() == reflect.TypeOf(sessionpay.Secret{}) {
			field.Set(reflect.ValueOf(sessionpay.NewSecret(value)))
		} else {
			field.SetString(value)
		}
	case bool:
		field.Set(reflect.ValueOf(map[bool]sessionpay.Choice{true: sessionpay.Yes, false: sessionpay.No}[value]))
	case float64:
		field.SetInt(int64(value))
		if field.Type() == reflect.TypeOf(time.Duration(0)) {
			field.SetInt(int64(value) * int64(time.Millisecond))
		}
	case []any:
		field.Set(reflect.MakeSlice(field.Type(), len(value), len(value)))
		for index, one := range value {
			set(field.Index(index), one)
		}
	case object:
		field.Set(reflect.New(field.Type().Elem()))
		fill(field.Interface(), value)
	}
}

// shown is a session, or a part of it, as the cases have it.
func shown(value any) any {
	switch value := value.(type) {
	case sessionpay.Secret:
		return value.Reveal()
	case time.Duration:
		return float64(value.Milliseconds())
	case time.Time:
		if value.IsZero() {
			return float64(-1)
		}
		return float64(value.UnixMilli())
	}
	switch value := reflect.ValueOf(value); value.Kind() {
	case reflect.Pointer:
		if value.IsNil() {
			return nil
		}
		return shown(value.Elem().Interface())
	case reflect.Struct:
		return shownFields(value)
	case reflect.Slice:
		list := make([]any, value.Len())
		for index := range list {
			list[index] = shown(value.Index(index).Interface())
		}
		return list
	case reflect.Int32, reflect.Int64:
		return float64(value.Int())
	case reflect.Uint32:
		return float64(value.Uint())
	}
	return value
}

func shownFields(value reflect.Value) object {
	made := object{}
	for index := 0; index < value.NumField(); index++ {
		if field := value.Type().Field(index); field.IsExported() {
			made[memberOf(field)] = shown(value.Field(index).Interface())
		}
	}
	return made
}

func shownError(err error) object {
	var found *sessionpay.Error
	if !errors.As(err, &found) {
		log.Fatalf("%v is not an error of the package", err)
	}
	made := shown(*found).(object)
	made["status"] = found.Name()
	made["provider"], made["outcome"] = found.Provider.String(), found.Outcome.String()
	made["fields"] = made["fielderrors"]
	return made
}
