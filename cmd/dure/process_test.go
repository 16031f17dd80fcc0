package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"dure/repository"
	"dure/repository/dbtest"
)

// TestMain lets this very binary be the program that the tests start as a process of its own: that needs no second
// build, and the race detector watches it, too.
func TestMain(m *testing.M) {
	if os.Getenv("RUN_AS") == "dure" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is the program, running.
type process struct {
	t             *testing.T
	cmd           *exec.Cmd
	stderr        *bytes.Buffer // whole once ended is closed
	base, metrics string        // http://127.0.0.1:…
	ended         chan struct{}
}

func program(t *testing.T, environ []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Dir = t.TempDir()
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, prefix) {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(append(cmd.Env, "RUN_AS=dure"), environ...)
	return cmd
}

// serving starts a server on free ports and waits until it listens.
func serving(t *testing.T, url string, environ ...string) *process {
	t.Helper()
	environ = append([]string{"DURE_DATABASE_URL=" + url, "DURE_ADDR=127.0.0.1:0", "DURE_METRICS_ADDR=127.0.0.1:0"}, environ...)
	p := &process{t: t, cmd: program(t, environ, "serve"), stderr: &bytes.Buffer{}, ended: make(chan struct{})}
	pipe, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	listening := make(chan struct{})
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			fmt.Fprintln(p.stderr, lines.Text())
			var line struct{ Msg, Setting, Address string }
			if json.Unmarshal(lines.Bytes(), &line) != nil || line.Msg != "listening" {
				continue
			}
			if line.Setting == "DURE_ADDR" {
				p.base = "http://" + line.Address
				continue
			}
			p.metrics = "http://" + line.Address
			close(listening)
		}
	}()
	select {
	case <-listening:
	case <-p.ended:
		t.Fatalf("it did not start: %v\n%s", p.cmd.Wait(), p.stderr)
	}
	return p
}

func (p *process) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// exit waits for the end and gives the exit code and all that was logged.
func (p *process) exit() (int, string) {
	<-p.ended
	p.cmd.Wait()
	return p.cmd.ProcessState.ExitCode(), p.stderr.String()
}

func status(t *testing.T, url string) int {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

func TestServing(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		p := serving(t, url)
		for path, want := range map[string]int{p.base + "/healthz": 200, p.base + "/readyz": 200, p.base + "/api/v1/camps": 200,
			p.base + "/swagger/index.html": 200, p.base + "/swagger/doc.json": 200, p.base + "/openapi.json": 200, p.base + "/dashboard": 200,
			p.base + "/.well-known/jwks.json": 200, p.base + "/api/v1/camps/none": 404,
			p.base + "/metrics": 404, p.metrics + "/metrics": 200, p.metrics + "/api/v1/camps": 404} {
			if got := status(t, path); got != want {
				t.Errorf("%s answers %d instead of %d", path, got, want)
			}
		}
		second := program(t, []string{"DURE_DATABASE_URL=" + url, "DURE_ADDR=" + strings.TrimPrefix(p.base, "http://"), "DURE_METRICS_ADDR=off"}, "serve")
		told, err := second.CombinedOutput()
		want := "in use by another dure"
		if !strings.HasPrefix(url, "sqlite:") {
			want = "DURE_ADDR: something else listens on"
		}
		if err == nil || second.ProcessState.ExitCode() != 1 || !strings.Contains(string(told), want) {
			t.Errorf("a second one ended with %v and told: %s", err, told)
		}
		p.signal(syscall.SIGTERM)
		if code, log := p.exit(); code != 0 || !strings.Contains(log, `"msg":"stopped"`) {
			t.Errorf("exit code %d: %s", code, log)
		}
	})
}

// Who is signed in stays so over a restart, and the console's commands work beside a running server.
func TestRestartAndConsole(t *testing.T) {
	dbtest.EachURL(t, func(t *testing.T, url string) {
		dbtest.Regions(t, dbtest.Open(t, url))
		console := func(in string, args ...string) (int, string) {
			var out bytes.Buffer
			code := run(t.Context(), args, []string{"DURE_DATABASE_URL=" + url}, strings.NewReader(in), &out, &out)
			return code, out.String()
		}
		p := serving(t, url)
		for _, x := range []struct {
			in, args, told string
			code           int
		}{
			{secret + "\n", "admin create --login console@test.dure", "console@test.dure administers the service", 0},
			{secret, "admin create --login console@test.dure", "dure: ", 1},
			{"short", "admin create --login other@test.dure", "  password: ", 1},
			{secret, "admin create", "usage: dure admin", 2},
			{secret, "admin remove --login console@test.dure", "usage: dure admin", 2},
			{secret, "admin create --login other@test.dure " + secret, "usage: dure admin", 2},
			{"", "verify", "invariants hold", 0},
		} {
			if code, told := console(x.in, strings.Fields(x.args)...); code != x.code || !strings.Contains(told, x.told) || strings.Contains(told, secret) {
				t.Errorf("dure %s ended with %d and told: %s", x.args, code, told)
			}
		}
		somebody := &client{t: t, c: &city{t: t, base: p.base, http: http.DefaultClient}}
		in := somebody.post("/auth/login", map[string]any{"login": "console@test.dure", "password": secret}).want(200)
		somebody.Token, somebody.Refresh = in.text("access_token"), in.text("refresh_token")
		if me := somebody.get("/me").want(200); me.text("roles.0.role") != "administrator" {
			t.Errorf("%s", me.Body)
		}
		if code, told := console("", "keys", "rotate"); code != 0 {
			t.Error(code, told)
		}
		p.signal(syscall.SIGTERM)
		if code, log := p.exit(); code != 0 || strings.Contains(log, "console@") || strings.Contains(log, somebody.Refresh) {
			t.Errorf("exit code %d: %s", code, log)
		}

		p = serving(t, url)
		somebody.c.base = p.base
		somebody.get("/me").want(200)
		in = somebody.post("/auth/refresh", map[string]any{"refresh_token": somebody.Refresh}).want(200)
		before := somebody.Token
		somebody.Token = in.text("access_token")
		somebody.get("/me").want(200)
		if kid := func(token string) string { return strings.SplitN(token, ".", 2)[0] }; kid(before) == kid(somebody.Token) {
			t.Error("the new key does not sign")
		}
		p.signal(syscall.SIGTERM)
		p.exit()
	})
}

// A request that is being answered when the signal comes is answered; new ones are not taken.
func TestStoppingAnswersWhatIsUnderWay(t *testing.T) {
	p := serving(t, dbtest.SQLite(t))
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	reader := bufio.NewReader(conn)
	if line, err := reader.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") {
		t.Fatal(line, err) // the handler waits for the body
	}
	if _, err := reader.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.signal(syscall.SIGTERM)
	for refused := false; !refused; {
		probe, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
		if refused = err != nil; !refused {
			probe.Close()
		}
	}
	fmt.Fprint(conn, "{}")
	answer, err := http.ReadResponse(reader, nil)
	if err != nil || answer.StatusCode != http.StatusUnauthorized {
		t.Fatal(answer, err)
	}
	if code, log := p.exit(); code != 0 {
		t.Errorf("exit code %d: %s", code, log)
	}
}

func TestTheSecondSignalEndsAtOnce(t *testing.T) {
	p := serving(t, dbtest.SQLite(t))
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	fmt.Fprint(conn, "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
	if _, err := bufio.NewReader(conn).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	p.signal(syscall.SIGTERM)
	for refused := false; !refused; {
		probe, err := net.Dial("tcp", strings.TrimPrefix(p.base, "http://"))
		if refused = err != nil; !refused {
			probe.Close()
		}
	}
	p.signal(syscall.SIGTERM)
	if code, log := p.exit(); code == 0 {
		t.Error("it waited: ", log)
	}
}

func TestBackupOfARunningFile(t *testing.T) {
	url := dbtest.SQLite(t)
	p := serving(t, url)
	dbtest.Regions(t, dbtest.Open(t, url))
	content := func(url string) string {
		var rows []string
		err := dbtest.Open(t, url).View(context.Background(), func(_ context.Context, tx *repository.Tx) error {
			var tables []string
			if err := tx.Raw(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`).Scan(&tables).Error; err != nil {
				return err
			}
			for _, table := range tables {
				var all []map[string]any
				if err := tx.Raw(`SELECT * FROM ` + table + ` ORDER BY 1`).Scan(&all).Error; err != nil {
					return err
				}
				rows = append(rows, fmt.Sprint(table, all))
			}
			return tx.Raw(`PRAGMA integrity_check`).Scan(new(string)).Error
		})
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(rows, "\n")
	}
	// The server's own jobs write, too: taken again until they did not while it was taken.
	var file, want string
	for before := "-"; before != want; {
		before, file = content(url), filepath.Join(t.TempDir(), "copy.db")
		cmd := program(t, []string{"DURE_DATABASE_URL=" + url}, "backup", file)
		if told, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, told)
		}
		want = content(url)
	}
	if got := content("sqlite:" + file); got != want || !strings.Contains(got, "충장동") {
		t.Errorf("the copy holds\n%s\ninstead of\n%s", got, want)
	}
	if code := run(t.Context(), []string{"backup", file}, []string{"DURE_DATABASE_URL=" + url}, nil, io.Discard, io.Discard); code != 1 {
		t.Error("a file that was there was written over: ", code)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	p.signal(syscall.SIGTERM)
	p.exit()
}

func TestCalls(t *testing.T) {
	missing := "DURE_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "none.db")
	for _, c := range []struct {
		args    string
		environ string
		code    int
		told    string
	}{
		{"", "", 2, "usage: dure COMMAND"},
		{"help", "", 0, "serve"},
		{"help serve", "", 0, "-time-zone"},
		{"serve --help", "", 0, "-database-url"},
		{"version", "", 0, "dure dev"},
		{"fly", "", 2, `no command "fly"`},
		{"serve --fast", "", 2, "-fast"},
		{"migrate now", "", 2, "1 arguments where 0 are needed"},
		{"backup", "", 2, "usage: dure backup [FLAGS] FILE"},
		{"backup a.db", missing, 1, "there is no database"},
		{"backup a.db", "DURE_DATABASE_URL=postgres://dure:geheim@127.0.0.1:1/city", 1, "pg_dump"},
		{"migrate", "DURE_DATABASE_URL=postgres://dure:geheim@127.0.0.1:1/city?connect_timeout=1", 1, "dure:"},
		{"migrate", "DURE_DATABASE_URL=mysql://dure:geheim@127.0.0.1/city", 1, "DURE_DATABASE_URL: must be"},
		{"routes", "", 0, "/api/v1/camps/{camp_id}"},
	} {
		var out bytes.Buffer
		code := run(t.Context(), strings.Fields(c.args), []string{c.environ}, nil, &out, &out)
		if code != c.code || !strings.Contains(out.String(), c.told) || strings.Contains(out.String(), "geheim") {
			t.Errorf("dure %s ended with %d and told: %s", c.args, code, out.String())
		}
	}
}
