package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/api/table"
	"dure/domain/kernel/calendar"
)

// many is a million; under the race detector, with which a workbook of as many takes a minute to pack, a tenth of it.
var many = func() int64 {
	info, ok := debug.ReadBuildInfo()
	if ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return 100_000
	}
	return 1_000_000
}()

// source is a table that counts how many of its rows were asked for. It has a route in each format.
type source struct {
	fails  int           // the row in whose place there is an error; 0 for none
	pulled atomic.Int64  // rows
	ended  chan struct{} // is closed when nobody asks for rows any more
	log    bytes.Buffer  // of the requests
}

// logged is the one line that the log has of the download, once all is over: its route and status, and whether it broke off.
func (s *source) logged(t *testing.T) string {
	t.Helper()
	synctest.Wait()
	var line struct {
		Msg, Route string
		Status     int
		BrokenOff  bool `json:"broken_off"`
	}
	if err := json.Unmarshal(s.log.Bytes(), &line); err != nil {
		t.Fatalf("%q: %v", s.log.String(), err)
	}
	return fmt.Sprint(line.Msg, " ", line.Route, " ", line.Status, " ", line.BrokenOff)
}

func (s *source) rows(yield func([]any, error) bool) {
	defer close(s.ended)
	row := make([]any, 2)
	for i := range int(many) {
		s.pulled.Add(1)
		if i > 0 && i == s.fails {
			yield(nil, errors.New("the database went away"))
			return
		}
		row[0], row[1] = "충장동", 1_000_000+i*7919%1_000_003
		if !yield(row, nil) {
			return
		}
	}
}

type item struct {
	Row     string `json:"row"`
	Persons int    `json:"persons"`
}

func (s *source) items(yield func(item, error) bool) {
	for row, err := range s.rows {
		if err != nil {
			yield(item{}, err)
			return
		}
		if !yield(item{row[0].(string), row[1].(int)}, nil) {
			return
		}
	}
}

// Routes implements Feature.
func (s *source) Routes(open, _ gin.IRoutes) {
	open.GET("/rows/:format", func(c *gin.Context) {
		c.Header("ETag", `"v1"`)
		if c.Param("format") == "json" {
			table.SendJSON(c, i18n.Korean, gin.H{"of": "rows"}, s.items, nil)
			return
		}
		table.Send(c, table.Format(c.Param("format")), table.Table{Name: "rows", Lang: i18n.Korean, Rows: s.rows,
			Columns: []table.Column{{Name: "row", Title: "행"}, {Name: "persons", Title: "실인원", Kind: table.Whole}}})
	})
}

// wire is a network without buffers of its own: what the server has written, and nobody has read yet, is in the server's memory.
type wire chan net.Conn

func (w wire) Accept() (net.Conn, error) {
	if c, ok := <-w; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (w wire) Close() error   { close(w); return nil }
func (w wire) Addr() net.Addr { return &net.TCPAddr{} }

// asking asks the whole API for the source's rows in a format. It runs in a bubble of its own, where time goes on only when
// everybody waits for somebody: so what the server has done by then is all that it does before the client reads on.
func asking(t *testing.T, s *source, format, tag string, then func(t *testing.T, w *http.Response)) {
	t.Helper()
	t.Run(format, func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s.ended = make(chan struct{}) // of the bubble
			e, err := New(Options{Features: []Feature{s}, Log: slog.New(slog.NewJSONHandler(&s.log, nil)), Deadline: Deadline,
				Clock: calendar.Clock{Instant: time.Now, Zone: time.UTC}})
			if err != nil {
				t.Fatal(err)
			}
			network := make(wire)
			server := &http.Server{Handler: e, WriteTimeout: 30 * time.Second}
			go server.Serve(network)
			t.Cleanup(func() { server.Close() })
			client := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
				here, there := net.Pipe()
				network <- there
				return here, nil
			}}
			t.Cleanup(client.CloseIdleConnections)
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://dure"+Prefix+"/rows/"+format, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("If-None-Match", tag)
			w, err := client.RoundTrip(r)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { w.Body.Close() })
			then(t, w)
		})
	})
}

// inHand is how many rows the server may have asked for beyond those that the client has read: for Parquet the rows of two groups, for
// a workbook what the archive takes in before it gives out.
var inHand = map[string]int64{"json": 300, "csv": 1_000, "xlsx": 5_000, "parquet": 25_000}

// A million rows go out as they are read: the first bytes come of a few, and never are there more in between, however slow the client
// is. Each part has its own time: neither the deadline of a request's work nor the server's for an answer ends a download.
func TestAMillionRowsFlowAsTheyAreRead(t *testing.T) {
	for format, most := range inHand {
		s := &source{}
		asking(t, s, format, "", func(t *testing.T, w *http.Response) {
			type moment struct{ read, pulled int64 }
			var moments []moment
			var read int64
			for part, err := int64(1), error(nil); !errors.Is(err, io.EOF); part = 1 << 16 {
				time.Sleep(12 * time.Second) // of the bubble's own clock
				moments = append(moments, moment{read, s.pulled.Load()})
				var n int64
				n, err = io.CopyN(io.Discard, w.Body, part)
				if err != nil && !errors.Is(err, io.EOF) {
					t.Fatalf("after %d bytes: %v", read, err)
				}
				read += n
			}
			if s.pulled.Load() != many || len(moments) < 5 {
				t.Fatalf("%d rows in %d parts, %d bytes", s.pulled.Load(), len(moments), read)
			}
			if got := s.logged(t); got != "request /api/v1/rows/:format 200 false" {
				t.Error(got)
			}
			for _, m := range moments { // rows are alike, so as many of them were read as bytes
				if ahead := m.pulled - m.read*many/read; ahead > most {
					t.Errorf("%d of %d bytes were read, and of %d rows %d are in between", m.read, read, m.pulled, ahead)
				}
			}
		})
	}
}

// Nobody works for a client that has gone, that does not read any more, or that has it all already.
func TestNobodyAsksForRowsThatNobodyReads(t *testing.T) {
	for format, most := range inHand {
		for name, leave := range map[string]func(w *http.Response) error{
			"gone":    func(w *http.Response) error { return w.Body.Close() },
			"stopped": func(*http.Response) error { return nil },
		} {
			t.Run(name, func(t *testing.T) {
				s := &source{}
				asking(t, s, format, "", func(t *testing.T, w *http.Response) {
					began := time.Now()
					if _, err := io.ReadFull(w.Body, make([]byte, 1)); err != nil {
						t.Fatal(err)
					}
					if err := leave(w); err != nil {
						t.Fatal(err)
					}
					<-s.ended
					if took := time.Since(began); s.pulled.Load() > most || took > time.Minute {
						t.Errorf("%d rows were asked for, until %v after", s.pulled.Load(), took)
					}
					if got := s.logged(t); got != "request /api/v1/rows/:format 200 true" {
						t.Error(got)
					}
				})
			})
		}
		t.Run("has it", func(t *testing.T) {
			s := &source{}
			asking(t, s, format, `"v1"`, func(t *testing.T, w *http.Response) {
				synctest.Wait()
				if n, err := io.Copy(io.Discard, w.Body); w.StatusCode != http.StatusNotModified || n != 0 || err != nil || s.pulled.Load() > most {
					t.Errorf("%d, %d bytes, %v, and %d rows were asked for", w.StatusCode, n, err, s.pulled.Load())
				}
				if got := s.logged(t); got != "request /api/v1/rows/:format 304 false" {
					t.Error(got)
				}
			})
		})
	}
}

// Whoever gets only a part must see that it is one.
func TestADownloadThatFailsInTheMiddleIsCut(t *testing.T) {
	for format := range inHand {
		s := &source{fails: 60_000}
		asking(t, s, format, "", func(t *testing.T, w *http.Response) {
			if n, err := io.Copy(io.Discard, w.Body); n == 0 || !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("%d bytes, %v", n, err)
			}
			if got := s.logged(t); got != "request /api/v1/rows/:format 200 true" {
				t.Error(got)
			}
		})
	}
}
