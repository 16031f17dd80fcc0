package main

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"dure/domain/kernel/id"
)

// server is the program that is measured, a process of its own.
type server struct {
	cmd  *exec.Cmd
	addr string
	key  ed25519.PrivateKey
}

func (b *bench) start(ctx context.Context) error {
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	file := filepath.Join(b.dir, b.database+".pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return err
	}
	addr, err := freeAddress()
	if err != nil {
		return err
	}
	cmd := exec.Command(b.binary, "serve")
	cmd.Env = append(b.environment(), "DURE_ADDR="+addr, "DURE_METRICS_ADDR="+b.settings.metrics, "DURE_SIGNING_KEY_FILE="+file)
	var log *os.File
	if log, err = os.Create(filepath.Join(b.dir, b.database+".log")); err != nil {
		return err
	}
	defer log.Close()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return err
	}
	b.server = &server{cmd, addr, key}
	for range 100 {
		if r, err := http.Get("http://" + addr + "/readyz"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	text, _ := os.ReadFile(log.Name())
	return fmt.Errorf("the server does not answer:\n%s", text)
}

// settle waits until the server has done what a new one does.
func (b *bench) settle(ctx context.Context) error {
	db, err := sql.Open("pgx", b.url(b.database))
	if err != nil {
		return err
	}
	defer db.Close()
	return rest(ctx, db)
}

// rest waits until the server has done what it does at its first start: measuring begins when nothing else goes on.
func rest(ctx context.Context, db *sql.DB) error {
	const enough, most = 10, 20 * time.Minute // seconds without work, and how long to wait for them
	begun := time.Now()
	for idle := 0; idle < enough; {
		if time.Since(begun) > most {
			fmt.Println("    the server has not come to rest in", most, "and is measured as it works on")
			return nil
		}
		var busy, waiting int
		if err := db.QueryRowContext(ctx, `SELECT (SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()),
			(SELECT COUNT(*) FROM (SELECT 1 FROM cube_queue LIMIT 1) AS q)`).Scan(&busy, &waiting); err != nil {
			return err
		}
		if idle++; busy+waiting > 0 {
			idle = 0
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Second):
		}
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func (b *bench) stop() {
	if b.server == nil {
		return
	}
	_ = b.server.cmd.Process.Signal(syscall.SIGTERM)
	_ = b.server.cmd.Wait()
	b.server = nil
}

// token signs in a person of the bench without a password: the key is the bench's own.
func (b *bench) token(w who) string {
	now := time.Now()
	t := jwt.NewWithClaims(jwt.SigningMethodEdDSA, jwt.MapClaims{
		"iss": "dure", "aud": "dure", "sub": w.account.String(), "sid": w.session.String(), "jti": id.New().String(),
		"iat": now.Unix(), "exp": now.Add(6 * time.Hour).Unix(), // plain SQL over a city takes its time
	})
	public := b.server.key.Public().(ed25519.PublicKey)
	sum := sha256.Sum256([]byte(`{"crv":"Ed25519","kty":"OKP","x":"` + base64.RawURLEncoding.EncodeToString(public) + `"}`))
	t.Header["kid"], t.Header["typ"] = base64.RawURLEncoding.EncodeToString(sum[:]), "at+jwt"
	text, err := t.SignedString(b.server.key)
	if err != nil {
		panic(err) // the key was made for it
	}
	return text
}

// call asks the API once, outside of any measurement.
func (b *bench) call(ctx context.Context, method, path, token string, body, into any) error {
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return err
		}
		reader = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://"+b.server.addr+"/api/v1"+path, reader)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	if r.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d: %s", method, path, r.StatusCode, text)
	}
	return json.Unmarshal(text, into)
}

// environment is ours without dure's own settings, but for where its data are: the server is measured as it comes.
func (b *bench) environment() []string {
	ours := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "DURE_") })
	return append(ours, "DURE_DATABASE_URL="+b.url(b.database), "DURE_DOCUMENT_STORE=file:"+filepath.Join(b.dir, "documents"))
}
