// The models of harness/checkers/models.hpp once more, for porcupine: written apart from the C++, so that a
// mistake in one of them is a disagreement.
package main

import (
	"math"

	"github.com/anishathalye/porcupine"
)

const (
	nothing = -1
	forever = math.MaxInt64
)

// One operation, as a line of a history file has it.
type op struct {
	client, key                         int
	action                              byte // r, w, c (compare and set), a(dd), d (remove), t (contains), l(ock), u(nlock)
	argument, expected, result, version int64
	started, ended                      int64
	outcome                             byte // o(k), r(efused), u(nknown)
	elements                            string
}

type state struct {
	version, value int64
	elements       string // a set: one byte per element, ascending
	sure, perhaps  int64  // the lease of the holder, value, lasts at least and at most until
}

type step func(s state, o op, told bool) (bool, state)

func stepRegister(s state, o op, told bool) (bool, state) {
	switch o.action {
	case 'r':
		return !told || o.result == s.value, s
	case 'w':
		s.value = o.argument
		return true, s
	}
	same := s.value == o.expected
	if told && same != (o.result == 1) {
		return false, s
	}
	if same {
		s.value = o.argument
	}
	return true, s
}

func stepVersioned(s state, o op, told bool) (bool, state) {
	switch o.action {
	case 'r':
		shown := s.version
		if shown == 0 {
			shown = nothing
		}
		return !told || (o.result == s.value && o.version == shown), s
	case 'd':
		s.value = nothing
		return true, s
	}
	if o.expected != nothing && o.expected != s.version {
		return !told || o.result == nothing, s
	}
	s.version++
	s.value = o.argument
	return !told || o.result == s.version, s
}

func with(elements string, e byte) string {
	for i := 0; i < len(elements); i++ {
		if elements[i] == e {
			return elements
		}
		if elements[i] > e {
			return elements[:i] + string([]byte{e}) + elements[i:]
		}
	}
	return elements + string([]byte{e})
}

func without(elements string, e byte) string {
	for i := 0; i < len(elements); i++ {
		if elements[i] == e {
			return elements[:i] + elements[i+1:]
		}
	}
	return elements
}

func stepSet(s state, o op, told bool) (bool, state) {
	e := byte(o.argument)
	switch o.action {
	case 'a':
		s.elements = with(s.elements, e)
	case 'd':
		s.elements = without(s.elements, e)
	case 't':
		return !told || (with(s.elements, e) == s.elements) == (o.result == 1), s
	case 'r':
		return !told || o.elements == s.elements, s
	}
	return true, s
}

func stepLock(s state, o op, told bool) (bool, state) {
	end := o.ended
	if !told {
		end = forever
	}
	me := int64(o.client)
	over := s.value == nothing || s.sure <= end
	runs := s.value != nothing && s.perhaps >= o.started
	switch o.action {
	case 'l':
		if told && o.result == 0 {
			return s.value != me && runs, s
		}
		if s.value != me && !over {
			return false, s
		}
		s.value, s.sure, s.perhaps = me, o.started+o.argument, forever
		if told {
			s.perhaps = o.ended + o.argument
		}
		return true, s
	case 'u':
		if told && o.result == 0 {
			return s.value != me || over, s
		}
		if s.value != me {
			return !told, s
		}
		return true, state{value: nothing}
	}
	if !told {
		return true, s
	}
	if o.result == nothing {
		return over, s
	}
	return o.result == s.value && runs, s
}

// A list to append to (a) or to begin anew (w), which is what the published key-value histories of porcupine need; not in models.hpp.
func stepList(s state, o op, told bool) (bool, state) {
	if o.action == 'w' {
		s.elements = ""
	}
	if o.action != 'r' {
		if o.argument != nothing {
			s.elements += string([]byte{byte(o.argument >> 8), byte(o.argument)})
		}
		return true, s
	}
	return !told || o.elements == s.elements, s
}

var steps = map[string]step{"register": stepRegister, "versioned": stepVersioned, "set": stepSet, "lock": stepLock, "list": stepList}

func initial(kind string) state {
	if kind == "set" || kind == "list" {
		return state{}
	}
	return state{value: nothing}
}

func model(kind string) porcupine.Model {
	do := steps[kind]
	return porcupine.Model{
		Partition: func(all []porcupine.Operation) [][]porcupine.Operation {
			keys := map[int][]porcupine.Operation{}
			for _, one := range all {
				key := one.Input.(op).key
				keys[key] = append(keys[key], one)
			}
			var parts [][]porcupine.Operation
			for _, part := range keys {
				parts = append(parts, part)
			}
			return parts
		},
		Init: func() interface{} { return initial(kind) },
		Step: func(s, input, output interface{}) (bool, interface{}) {
			o := input.(op)
			return do(s.(state), o, o.outcome == 'o')
		},
	}
}

// Operations that were refused did not happen; those of unknown outcome never end.
func operations(history []op) []porcupine.Operation {
	var all []porcupine.Operation
	for _, o := range history {
		if o.outcome == 'r' {
			continue
		}
		end := o.ended
		if o.outcome == 'u' {
			end = forever
		}
		all = append(all, porcupine.Operation{ClientId: o.client, Input: o, Call: o.started, Return: end})
	}
	return all
}
