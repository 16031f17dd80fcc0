package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"time"
)

// result is one round of load.
type result struct {
	rate     float64 // answers (or items) per second
	p50, p99 float64 // milliseconds
	failed   int     // answers of 500 or more
}

// request is one HTTP request, written out.
type request []byte

func newRequest(method, path, token string, body []byte) request {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s /api/v1%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n", method, path, token)
	if body != nil {
		fmt.Fprintf(&b, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n")
	b.Write(body)
	return b.Bytes()
}

// load sends requests on so many connections for so long; next is asked for each, by connection, until it gives nil.
// It speaks HTTP by hand because it shares the machine with the server it measures.
func load(ctx context.Context, addr string, clients int, d time.Duration, items int, next func(client int) request) (result, error) {
	var (
		wg    sync.WaitGroup
		mutex sync.Mutex
		took  []time.Duration
		r     result
		first error
	)
	start := time.Now()
	end := start.Add(d)
	for client := range clients {
		wg.Go(func() {
			times, failed, err := loadOne(ctx, addr, end, func() request { return next(client) })
			mutex.Lock()
			defer mutex.Unlock()
			took = append(took, times...)
			r.failed += failed
			if err != nil && first == nil {
				first = err
			}
		})
	}
	wg.Wait()
	elapsed := time.Since(start)
	if first != nil {
		return r, first
	}
	if len(took) == 0 {
		return r, fmt.Errorf("nothing was answered")
	}
	slices.Sort(took)
	at := func(q float64) float64 { return float64(took[int(q*float64(len(took)-1))].Microseconds()) / 1000 }
	r.rate, r.p50, r.p99 = float64(len(took)*items)/elapsed.Seconds(), at(0.5), at(0.99)
	return r, nil
}

func loadOne(ctx context.Context, addr string, end time.Time, next func() request) (took []time.Duration, failed int, err error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, 0, err
	}
	defer conn.Close()
	in := bufio.NewReaderSize(conn, 64<<10)
	for time.Now().Before(end) && ctx.Err() == nil {
		req := next()
		if req == nil {
			return took, failed, fmt.Errorf("not enough work was prepared: use shorter rounds")
		}
		start := time.Now()
		if _, err := conn.Write(req); err != nil {
			return took, failed, err
		}
		status, body, err := answer(in)
		if err != nil {
			return took, failed, err
		}
		took = append(took, time.Since(start))
		switch {
		case status >= 500:
			failed++
		case status >= 300:
			return took, failed, fmt.Errorf("%d: %s", status, body)
		}
	}
	return took, failed, nil
}

// answer reads one response: its status, and its body where it is no success.
func answer(in *bufio.Reader) (status int, body []byte, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 {
		return 0, nil, fmt.Errorf("bad status line %q", line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, nil, err
	}
	length := 0
	chunked := false
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, nil, err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		if name, value, ok := bytes.Cut(line, []byte(": ")); ok {
			switch {
			case bytes.EqualFold(name, []byte("Content-Length")):
				length, _ = strconv.Atoi(string(value))
			case bytes.EqualFold(name, []byte("Transfer-Encoding")):
				chunked = true
			}
		}
	}
	if chunked {
		return status, nil, skipChunks(in)
	}
	if status >= 300 {
		body = make([]byte, length)
		_, err = io.ReadFull(in, body)
		return status, body, err
	}
	_, err = in.Discard(length)
	return status, nil, err
}

func skipChunks(in *bufio.Reader) error {
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 64)
		if err != nil {
			return err
		}
		if _, err := in.Discard(int(n) + 2); err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
	}
}
