package main

import (
	"math/rand"
	"sort"
)

// A service that is right, or that is broken in one way: its answers to clients who ask one thing at a time.
type world struct {
	kind   string
	random *rand.Rand
	keys   []state
	older  []state // as it was some time ago: what a stale replica answers
}

// Applies the operation at a moment within it and fills in the answer that a right service gives.
func (w *world) apply(o *op, at int64, stale bool) {
	s := w.keys[o.key]
	if stale {
		s = w.older[o.key]
	}
	switch {
	case w.kind == "register" && o.action == 'c':
		o.result = map[bool]int64{true: 1}[s.value == o.expected]
	case w.kind == "register" || w.kind == "versioned":
		w.answerKey(o, s)
	case w.kind == "set":
		o.elements = ""
		if o.action == 'r' {
			o.elements = s.elements
		}
		o.result = map[bool]int64{true: 1}[o.action == 't' && with(s.elements, byte(o.argument)) == s.elements]
	case w.kind == "lock":
		w.applyLock(o, at)
		return
	}
	if !stale {
		_, w.keys[o.key] = steps[w.kind](s, *o, false)
	}
}

func (w *world) answerKey(o *op, s state) {
	o.version = nothing
	switch o.action {
	case 'r':
		o.result = s.value
		if w.kind == "versioned" && s.version > 0 {
			o.version = s.version
		}
	case 'w':
		o.result = 0
		if w.kind == "versioned" {
			o.result = s.version + 1
			if o.expected != nothing && o.expected != s.version {
				o.result = nothing
			}
		}
	}
}

// The lock itself knows the time: a lease is over exactly when it is.
func (w *world) applyLock(o *op, at int64) {
	s := &w.keys[o.key]
	me := int64(o.client)
	held := s.value != nothing && at < s.sure
	o.result = 0
	switch o.action {
	case 'l':
		if !held || s.value == me {
			o.result = 1
			s.value, s.sure = me, at+o.argument
		}
	case 'u':
		if held && s.value == me {
			o.result = 1
			*s = state{value: nothing}
		}
	case 'r':
		o.result = nothing
		if held {
			o.result = s.value
		}
	}
}

func (w *world) ask(client int) op {
	r := w.random
	o := op{client: client, key: r.Intn(len(w.keys)), expected: nothing, version: nothing, outcome: 'o'}
	actions := map[string]string{"register": "rrwwc", "versioned": "rrwwwd", "set": "aadttr", "lock": "lllur"}[w.kind]
	o.action = actions[r.Intn(len(actions))]
	switch {
	case w.kind == "lock" && o.action == 'l':
		o.argument = int64(4 + r.Intn(24))
	case o.action != 'r':
		o.argument = int64(1 + r.Intn(5))
	}
	if o.action == 'c' {
		o.expected = int64(r.Intn(6))
		if o.expected == 0 {
			o.expected = nothing
		}
	}
	if w.kind == "versioned" && o.action == 'w' && r.Intn(2) == 0 {
		o.expected = w.keys[o.key].version
		if r.Intn(3) == 0 {
			o.expected = int64(r.Intn(5))
		}
	}
	return o
}

// Most histories are spoiled somehow; what porcupine says of them is the verdict, not how they were made.
func generate(random *rand.Rand, kind string) []op {
	w := &world{kind: kind, random: random}
	for i := 1 + random.Intn(2); i > 0; i-- {
		w.keys = append(w.keys, initial(kind))
	}
	w.older = append([]state{}, w.keys...)
	clients, length, pace := 1+random.Intn(5), 4+random.Intn(20), 2+random.Intn(14)
	staleness := random.Intn(4) == 0
	free := make([]int64, clients) // when each client is free again
	type moment struct {
		at int64
		op int
	}
	var history []op
	var moments []moment
	for i := 0; i < length; i++ {
		client := random.Intn(clients)
		o := w.ask(client)
		o.started = free[client] + int64(random.Intn(4))
		o.ended = o.started + int64(random.Intn(pace))
		free[client] = o.ended + int64(random.Intn(3))
		switch random.Intn(12) {
		case 0:
			o.outcome = 'u'
			free[client] += int64(random.Intn(10))
		case 1:
			o.outcome = 'r'
		}
		at := o.started + int64(random.Intn(int(o.ended-o.started)+1))
		if o.outcome == 'u' {
			at += int64(random.Intn(20))
		}
		if o.outcome == 'o' || (o.outcome == 'u' && random.Intn(2) == 0) {
			moments = append(moments, moment{at, len(history)})
		}
		history = append(history, o)
	}
	sort.SliceStable(moments, func(i, j int) bool { return moments[i].at < moments[j].at })
	for i, m := range moments {
		if i%3 == 0 {
			copy(w.older, w.keys)
		}
		w.apply(&history[m.op], m.at, staleness && random.Intn(5) == 0)
	}
	for n := random.Intn(6); n > 0; n-- {
		spoil(random, kind, history)
	}
	return history
}

func spoil(random *rand.Rand, kind string, history []op) {
	o := &history[random.Intn(len(history))]
	other := &history[random.Intn(len(history))]
	switch random.Intn(5) {
	case 0:
		if o.action == other.action {
			o.result, other.result = other.result, o.result
			o.version, other.version = other.version, o.version
			o.elements, other.elements = other.elements, o.elements
		}
	case 1:
		if o.action == 'c' || o.action == 't' || o.action == 'l' || o.action == 'u' {
			o.result = 1 - o.result
		} else if o.action == 'r' && kind != "set" {
			o.result = int64(1 + random.Intn(5))
		}
	case 2:
		o.ended = o.started
	case 3:
		o.started, o.ended = o.started+20, o.ended+20
	case 4:
		o.outcome = 'r'
	}
}
