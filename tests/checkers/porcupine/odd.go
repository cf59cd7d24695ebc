package main

import "math/rand"

// Anything at all, made by no service: clients overlap themselves, most times tie, many answers are missing, refused
// or wrong, and what was never answered may claim to have ended before it began.
func odd(r *rand.Rand, kind string) []op {
	n := r.Intn(9)
	span := int64(1 + r.Intn(12))
	lost := r.Intn(10)
	actions := map[string]string{"register": "rwc", "versioned": "rwd", "set": "adtr", "lock": "lur"}[kind]
	var h []op
	for i := 0; i < n; i++ {
		o := op{client: r.Intn(4), key: r.Intn(2) * r.Intn(2), action: actions[r.Intn(len(actions))], expected: nothing, version: nothing, outcome: 'o'}
		o.started = r.Int63n(span) - span/2
		o.ended = o.started + r.Int63n(span)*r.Int63n(2)
		if r.Intn(10) < lost {
			o.outcome = "ur"[r.Intn(2)]
			if o.outcome == 'u' && r.Intn(2) == 0 {
				o.ended = o.started - 5
			}
		}
		o.argument = r.Int63n(3)
		if r.Intn(6) == 0 && kind != "set" {
			o.argument = nothing
		}
		o.result = r.Int63n(3) - 1
		switch {
		case kind == "register" && o.action == 'c':
			o.expected = r.Int63n(4) - 1
			o.result = r.Int63n(2)
		case kind == "versioned" && o.action == 'w':
			if r.Intn(2) == 0 {
				o.expected = r.Int63n(3)
			}
			o.result = r.Int63n(4)
			if o.result == 0 {
				o.result = nothing
			}
		case kind == "versioned" && o.action == 'r':
			o.version = r.Int63n(4)
			if o.version == 0 {
				o.version = nothing
				if r.Intn(2) == 0 {
					o.result = nothing
				}
			}
		case kind == "set":
			o.result = r.Int63n(2)
			if o.action == 'r' {
				for e := byte(0); e < 3; e++ {
					if r.Intn(2) == 0 {
						o.elements += string([]byte{e})
					}
				}
			}
		case kind == "lock":
			o.argument = r.Int63n(2*span + 1)
			o.result = r.Int63n(2)
			if o.action == 'r' {
				o.result = r.Int63n(5) - 1
			}
		}
		h = append(h, o)
	}
	return h
}
