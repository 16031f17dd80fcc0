package main

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

func TestLinesOfRequestsAreSentTogether(t *testing.T) {
	var (
		mutex sync.Mutex
		out   bytes.Buffer
		want  strings.Builder
		l     = &lines{to: locked{&mutex, &out}}
		line  = strings.Repeat("줄", 300) + "\n"
	)
	sent := func() string {
		mutex.Lock()
		defer mutex.Unlock()
		return out.String()
	}
	for range full/len(line) + 1 { // as many as fill it: the last one sends them all
		if n, err := l.Write([]byte(line)); n != len(line) || err != nil {
			t.Fatal(n, err)
		}
		want.WriteString(line)
	}
	if sent() != want.String() {
		t.Fatalf("%d bytes sent of %d", len(sent()), want.Len())
	}
	var all sync.WaitGroup
	for range 50 {
		want.WriteString(line)
		all.Go(func() {
			if _, err := l.Write([]byte(line)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	l.send() // as at the end of the process
	l.send()
	if sent() != want.String() {
		t.Fatalf("%d bytes sent of %d", len(sent()), want.Len())
	}
}
