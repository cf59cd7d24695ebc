// Histories with porcupine's verdicts (github.com/anishathalye/porcupine), to compare harness/checkers with.
//
//	go run . generate SEED COUNT   random histories of every kind, right and wrong ones
//	go run . odd SEED COUNT        the same of operations that have nothing to do with each other
//	go run . published DIR KIND    those that porcupine publishes (its test_data): jepsen or kv
//	go run . time FILE             the CPU time that porcupine takes for each history of FILE; "differs" if it disagrees
//
// One history per line: "kind verdict", then operations, each after a semicolon, of the members of op.
package main

import (
	"bufio"
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/anishathalye/porcupine"
)

func verdict(kind string, history []op) bool {
	return porcupine.CheckOperations(model(kind), operations(history))
}

func line(kind string, ok bool, history []op) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s %s", kind, map[bool]string{true: "ok", false: "bad"}[ok])
	for _, o := range history {
		fmt.Fprintf(&out, ";%d,%d,%c,%d,%d,%d,%d,%d,%d,%c,", o.client, o.key, o.action, o.argument, o.expected, o.result,
			o.version, o.started, o.ended, o.outcome)
		width := 1
		if kind == "list" {
			width = 2
		}
		for i := 0; i+width <= len(o.elements); i += width {
			e := int(o.elements[i])
			if width == 2 {
				e = e<<8 | int(o.elements[i+1])
			}
			if i > 0 {
				out.WriteByte(':')
			}
			fmt.Fprintf(&out, "%d", e)
		}
	}
	return out.String()
}

func parse(text string) (string, bool, []op) {
	parts := strings.Split(text, ";")
	kind, right, _ := strings.Cut(parts[0], " ")
	var history []op
	for _, part := range parts[1:] {
		f := strings.Split(part, ",")
		n := func(i int) int64 {
			v, err := strconv.ParseInt(f[i], 10, 64)
			if err != nil {
				panic(err)
			}
			return v
		}
		o := op{int(n(0)), int(n(1)), f[2][0], n(3), n(4), n(5), n(6), n(7), n(8), f[9][0], ""}
		for _, e := range strings.Split(f[10], ":") {
			if v, err := strconv.Atoi(e); err == nil {
				if kind == "list" {
					o.elements += string([]byte{byte(v >> 8)})
				}
				o.elements += string([]byte{byte(v)})
			}
		}
		history = append(history, o)
	}
	return kind, right == "ok", history
}

// Of this process, so that what else the machine does is left out.
func cpuTime() time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func timeFile(name string) {
	file, err := os.Open(name)
	if err != nil {
		panic(err)
	}
	in := bufio.NewScanner(file)
	in.Buffer(nil, 64<<20)
	var total, slowest time.Duration
	count := 0
	for in.Scan() {
		kind, right, history := parse(in.Text())
		all := operations(history)
		m := model(kind)
		start := cpuTime()
		ok := porcupine.CheckOperations(m, all)
		took := cpuTime() - start
		if total += took; took > slowest {
			slowest = took
		}
		if count++; ok != right {
			fmt.Printf("history %d differs\n", count)
		}
	}
	fmt.Printf("porcupine: %d histories, %.3f s of CPU, %.1f per second, slowest %.3f s\n", count, total.Seconds(),
		float64(count)/total.Seconds(), slowest.Seconds())
}

func main() {
	args := os.Args[1:]
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	switch {
	case len(args) == 3 && (args[0] == "generate" || args[0] == "odd"):
		maker := map[string]func(*rand.Rand, string) []op{"generate": generate, "odd": odd}[args[0]]
		seed, _ := strconv.ParseInt(args[1], 10, 64)
		count, _ := strconv.Atoi(args[2])
		random := rand.New(rand.NewSource(seed))
		kinds := []string{"register", "versioned", "set", "lock"}
		for i := 0; i < count; i++ {
			kind := kinds[i%len(kinds)]
			history := maker(random, kind)
			fmt.Fprintln(out, line(kind, verdict(kind, history), history))
		}
	case len(args) == 3 && args[0] == "published":
		for _, history := range published(args[1], args[2]) {
			kind := map[string]string{"jepsen": "register", "kv": "list"}[args[2]]
			fmt.Fprintln(out, line(kind, verdict(kind, history), history))
		}
	case len(args) == 2 && args[0] == "time":
		timeFile(args[1])
	default:
		fmt.Fprintln(os.Stderr, "usage: generate SEED COUNT | odd SEED COUNT | published DIR KIND | time FILE")
		os.Exit(64)
	}
}
