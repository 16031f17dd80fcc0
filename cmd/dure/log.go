package main

import (
	"io"
	"log/slog"
	"sync"
	"time"
)

func newLogger(cfg config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	if cfg.LogFormat == "text" {
		return slog.New(slog.NewTextHandler(w, options))
	}
	return slog.New(slog.NewJSONHandler(w, options))
}

// lines is where requests are logged: what came in a tenth of a second goes out in one write, as a write for each costs as much as
// reading the request. A process that is killed takes that tenth of a second of the log with it. All else is logged at once.
type lines struct {
	to    io.Writer
	mutex sync.Mutex
	held  []byte
}

// together is how long lines wait for others, and full from where on they do not.
const (
	together = 100 * time.Millisecond
	full     = 64 << 10
)

// Write keeps a line until it is sent.
func (l *lines) Write(line []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if len(l.held) == 0 {
		time.AfterFunc(together, l.send)
	}
	if l.held = append(l.held, line...); len(l.held) < full {
		return len(line), nil
	}
	return len(line), l.write()
}

// send writes what is held. There is nobody to tell that a log cannot be written, as slog knows, too.
func (l *lines) send() {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	_ = l.write()
}

func (l *lines) write() error {
	if len(l.held) == 0 {
		return nil
	}
	_, err := l.to.Write(l.held)
	l.held = l.held[:0]
	return err
}
