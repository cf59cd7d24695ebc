package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var (
	jepsenLine = regexp.MustCompile(`^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.*)$`)
	kvLine     = regexp.MustCompile(`^\{:process (\d+), :type :(invoke|ok), :f :(get|put|append), :key "(.*)", :value (nil|"(.*)")\}$`)
	token      = regexp.MustCompile(`x \d+ \d+ y`)
	number     = regexp.MustCompile(`\d+`)
)

// Histories in the order of their lines; the number of a line is its time.
type reader struct {
	history []op
	pending map[int]int // client: index of the operation that it waits for
}

func (r *reader) invoke(o op, at int) {
	o.started, o.ended, o.outcome = int64(at), int64(at), 'u'
	o.version = nothing
	r.pending[o.client] = len(r.history)
	r.history = append(r.history, o)
}

func (r *reader) answer(client, at int) *op {
	o := &r.history[r.pending[client]]
	o.ended, o.outcome = int64(at), 'o'
	return o
}

func numbers(text string) []int64 {
	var out []int64
	for _, digits := range number.FindAllString(text, -1) {
		n, _ := strconv.ParseInt(digits, 10, 64)
		out = append(out, n)
	}
	return out
}

// etcd under Jepsen, one register: timed out reads are left out, other timeouts stay open.
func readJepsen(lines []string) []op {
	r := reader{pending: map[int]int{}}
	for at, line := range lines {
		m := jepsenLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		client, _ := strconv.Atoi(m[1])
		args := numbers(m[4])
		switch {
		case m[2] == "invoke" && m[3] == "read":
			r.invoke(op{client: client, action: 'r', expected: nothing}, at)
		case m[2] == "invoke" && m[3] == "write":
			r.invoke(op{client: client, action: 'w', argument: args[0], expected: nothing}, at)
		case m[2] == "invoke":
			r.invoke(op{client: client, action: 'c', expected: args[0], argument: args[1]}, at)
		case m[3] == "read" && m[2] == "fail":
			r.answer(client, at).outcome = 'r'
		case m[3] == "read" && m[2] == "ok":
			o := r.answer(client, at)
			o.result = nothing
			if len(args) > 0 {
				o.result = args[0]
			}
		case m[2] == "ok" || (m[2] == "fail" && m[3] == "cas"):
			o := r.answer(client, at)
			if m[2] == "ok" && m[3] == "cas" {
				o.result = 1
			}
		}
	}
	return r.history
}

// A store of strings to which clients append.
func readKv(lines []string) []op {
	r := reader{pending: map[int]int{}}
	keys, tokens := map[string]int{}, map[string]int64{"": nothing}
	id := func(text string) int64 {
		if _, known := tokens[text]; !known {
			tokens[text] = int64(len(tokens))
		}
		return tokens[text]
	}
	for at, line := range lines {
		m := kvLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		client, _ := strconv.Atoi(m[1])
		if _, known := keys[m[4]]; !known {
			keys[m[4]] = len(keys)
		}
		if m[2] == "invoke" {
			action := map[string]byte{"get": 'r', "put": 'w', "append": 'a'}[m[3]]
			o := op{client: client, key: keys[m[4]], action: action, expected: nothing}
			if action != 'r' {
				o.argument = id(m[6])
			}
			r.invoke(o, at)
			continue
		}
		o := r.answer(client, at)
		if o.action == 'r' {
			for _, one := range token.FindAllString(m[6], -1) {
				n := id(one)
				o.elements += string([]byte{byte(n >> 8), byte(n)})
			}
		}
	}
	return r.history
}

func published(dir, kind string) [][]op {
	names, _ := filepath.Glob(filepath.Join(dir, kind, "*"))
	var all [][]op
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		read := map[string]func([]string) []op{"jepsen": readJepsen, "kv": readKv}[kind]
		all = append(all, read(strings.Split(strings.TrimRight(string(text), "\n"), "\n")))
	}
	return all
}
