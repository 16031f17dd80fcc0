package main

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestConfigurationErrorsAreToldTogether(t *testing.T) {
	_, err := readSettings([]string{
		"HOME=/", "DURE_DATABASE_URL=postgres://dure:geheim@host:port/dure", "DURE_ADDR=8080", "DURE_AUTH_BURST=many",
		"DURE_LOG_LEVEL=loud", "DURE_TIME_ZONE=Mars", "DURE_TRUSTED_PROXIES=10.0.0.0/8,proxy", "DURE_ADRESS=:80",
		"DURE_DOCUMENT_STORE=s3://AKIA:geheim@bucket", "DURE_DOCUMENT_MAX_MIB=0",
		"DURE_DB_MAX_CONNS=1", "DURE_LOG_FORMAT=xml", "DURE_AUTH_RATE=-1", "DURE_METRICS_ADDR=on",
		"DURE_PUBLIC_URL=dure.example.kr", "DURE_CERTIFICATE_ISSUER= ", "DURE_CHECK_RATE=-1", "DURE_CHECK_BURST=0",
	}).load()
	if err == nil {
		t.Fatal("accepted")
	}
	for _, want := range []string{"DURE_DATABASE_URL: must", "DURE_ADDR: must", `DURE_AUTH_BURST: "many" is not a number`,
		"DURE_LOG_LEVEL: ", "DURE_TIME_ZONE: unknown time zone Mars", `DURE_TRUSTED_PROXIES: "proxy"`, "DURE_ADRESS: no such variable",
		"DURE_DB_MAX_CONNS: must", "DURE_LOG_FORMAT: must", "DURE_AUTH_RATE: must", "DURE_METRICS_ADDR: must",
		"DURE_DOCUMENT_STORE: must", "DURE_DOCUMENT_MAX_MIB: must",
		"DURE_PUBLIC_URL: must", "DURE_CERTIFICATE_ISSUER: must", "DURE_CHECK_RATE: must", "DURE_CHECK_BURST: must"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not told in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "geheim") {
		t.Error("the password is told: ", err)
	}
}

func TestDatabaseAddressesShowNoPassword(t *testing.T) {
	for url, want := range map[string]string{
		"sqlite:./data/dure.db":                                     "sqlite:./data/dure.db",
		"postgres://dure:geheim@db.example/city?sslmode=disable":    "postgres://dure@db.example:5432/city",
		"postgres://dure@db.example:5433/city?password=geheim":      "postgres://dure@db.example:5433/city",
		"postgres://dure:geheim@one,two:5433/city?sslmode=disable":  "postgres://dure@one:5432/city",
		"postgresql://dure:ge%40heim@[::1]:5432/city?sslmode=allow": "postgres://dure@[::1]:5432/city",
	} {
		c, err := readSettings([]string{"DURE_DATABASE_URL=" + url}).load()
		if err != nil || c.database() != want {
			t.Errorf("%s became %s (%v)", url, c.database(), err)
		}
		if strings.Contains(c.LogValue().String(), "heim") {
			t.Error("a log would hold ", c.LogValue())
		}
	}
	for _, url := range []string{"mysql://x", "sqlite:", "sqlite::memory:", "sqlite:a?mode=ro", "dure.db"} {
		if _, err := readSettings([]string{"DURE_DATABASE_URL=" + url}).load(); err == nil {
			t.Error(url, " was accepted")
		}
	}
}

func TestDocumentsLieBesideTheDatabaseUnlessToldOtherwise(t *testing.T) {
	for setting, want := range map[string]string{
		"DURE_DATABASE_URL=sqlite:/srv/dure.db":                       "file:/srv/dure.db.documents",
		"DURE_DATABASE_URL=postgres://dure@db.example/city":           "file:./data/documents",
		"DURE_DOCUMENT_STORE=s3://city/a?endpoint=https://s3.example": "s3://city/a?endpoint=https://s3.example",
	} {
		c, err := readSettings([]string{setting, "DURE_DOCUMENT_SECRET_KEY=geheim"}).load()
		if err != nil || c.documentPlace() != want {
			t.Errorf("%s: %s %v", setting, c.documentPlace(), err)
		}
		if log := c.LogValue().String(); strings.Contains(log, "geheim") || !strings.Contains(log, want) {
			t.Error("the log holds ", log)
		}
	}
}

// Kubernetes sets variables for each service; one for a service named dure must not look like a mistake of ours.
func TestServiceLinksAreNoMistakes(t *testing.T) {
	for _, name := range []string{"DURE_PORT", "DURE_SERVICE_HOST", "DURE_SERVICE_PORT_HTTP", "DURE_PORT_8080_TCP_ADDR", "DURE_API_PORT_8080_TCP"} {
		if _, err := readSettings([]string{name + "=tcp://10.0.0.1:8080"}).load(); err != nil {
			t.Error(err)
		}
	}
	if _, err := readSettings([]string{"DURE_PORTS=1"}).load(); err == nil {
		t.Error("DURE_PORTS was accepted")
	}
}

func TestFlagsOverruleTheEnvironment(t *testing.T) {
	call := shell{environ: []string{"DURE_ADDR=127.0.0.1:1", "DURE_LOG_LEVEL=error"}}.called("test", "FILE")
	c, args, err := call.load([]string{"--addr", "127.0.0.1:2", "file", "--time-zone=UTC"})
	if err != nil || c.Addr != "127.0.0.1:2" || c.LogLevel.String() != "ERROR" || c.TimeZone.String() != "UTC" || args[0] != "file" {
		t.Fatalf("%+v %v %v", c, args, err)
	}
}

func TestReadmeNamesEverySettingAndItsDefault(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for f := range reflect.TypeFor[config]().Fields() {
		name, value := prefix+f.Tag.Get("env"), f.Tag.Get("envDefault")
		if !strings.Contains(string(readme), "`"+name+"`") || !strings.Contains(string(readme), "`"+value+"`") && value != "" {
			t.Errorf("%s (%s) is not in the README", name, value)
		}
	}
	for _, c := range commands() {
		if !strings.Contains(string(readme), c.name) {
			t.Errorf("dure %s is not in the README", c.name)
		}
	}
}
