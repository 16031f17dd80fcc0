package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the city's zone is known on any machine

	"github.com/caarlos0/env/v11"
	"github.com/jackc/pgx/v5"

	"dure/repository/vault"
)

const prefix = "DURE_"

// config is all that can be set from outside: DURE_DATABASE_URL in the environment, or --database-url, which wins.
type config struct {
	DatabaseURL          string         `env:"DATABASE_URL" envDefault:"sqlite:./data/dure.db" help:"sqlite:FILE or postgres://…"`
	DBMaxConns           int            `env:"DB_MAX_CONNS" envDefault:"0" help:"connections to PostgreSQL at most; 0 for four a core, and eight at least"`
	Addr                 string         `env:"ADDR" envDefault:"127.0.0.1:8080" help:"where the API listens; :8080 in a container"`
	MetricsAddr          string         `env:"METRICS_ADDR" envDefault:"127.0.0.1:9090" help:"where /metrics is; off for nowhere"`
	TimeZone             *time.Location `env:"TIME_ZONE" envDefault:"Asia/Seoul" help:"zone of the city's days"`
	Issuer               string         `env:"ISSUER" envDefault:"dure" help:"who signs tokens (iss)"`
	Audience             string         `env:"AUDIENCE" envDefault:"dure" help:"for whom tokens are (aud)"`
	SigningKeyFile       string         `env:"SIGNING_KEY_FILE" help:"PEM file with the Ed25519 key that signs tokens; else made once and kept in the database"`
	DocumentStore        string         `env:"DOCUMENT_STORE" help:"where documents lie: file:FOLDER or s3://BUCKET/PREFIX?endpoint=https://HOST&region=REGION; else a folder beside the SQLite file, or ./data/documents"`
	DocumentAccessKey    string         `env:"DOCUMENT_ACCESS_KEY" help:"access key of the bucket"`
	DocumentSecretKey    string         `env:"DOCUMENT_SECRET_KEY" help:"secret key of the bucket"`
	DocumentKeyFile      string         `env:"DOCUMENT_KEY_FILE" help:"file with the keys that documents are encrypted with, 32 bytes in base64 each, the first for new ones; else one made once and kept in the database"`
	DocumentMaxMiB       int64          `env:"DOCUMENT_MAX_MIB" envDefault:"10" help:"size of the largest document in MiB"`
	DocumentDayMiB       int64          `env:"DOCUMENT_DAY_MIB" envDefault:"100" help:"MiB of documents that one account may hand in within 24 hours"`
	TermsVersion         string         `env:"TERMS_VERSION" envDefault:"1" help:"version of the terms that new volunteers must agree to"`
	PrivacyVersion       string         `env:"PRIVACY_VERSION" envDefault:"1" help:"version of the privacy notice that they must agree to"`
	TrustedProxies       []string       `env:"TRUSTED_PROXIES" help:"addresses or CIDRs whose X-Forwarded-For is believed, separated by commas"`
	AuthRate             float64        `env:"AUTH_RATE" envDefault:"10" help:"sign-ins a second from one address; 0 for no limit"`
	AuthBurst            int            `env:"AUTH_BURST" envDefault:"100" help:"sign-ins at once from one address"`
	DisputeAnswerDays    int            `env:"DISPUTE_ANSWER_DAYS" envDefault:"7" help:"days in which a dispute is to be answered, and then decided; afterwards it goes to the centre"`
	DisputeAppealDays    int            `env:"DISPUTE_APPEAL_DAYS" envDefault:"14" help:"days in which a volunteer may go to the centre against a decision"`
	LogFormat            string         `env:"LOG_FORMAT" envDefault:"json" help:"json or text"`
	LogLevel             slog.Level     `env:"LOG_LEVEL" envDefault:"info" help:"debug, info, warn or error"`
	PublicURL            string         `env:"PUBLIC_URL" envDefault:"http://127.0.0.1:8080" help:"where people reach this API: the address on certificates"`
	CertIssuer           string         `env:"CERTIFICATE_ISSUER" envDefault:"자원봉사센터" help:"who certifies, as certificates name him"`
	CheckRate            float64        `env:"CHECK_RATE" envDefault:"1" help:"checks of certificates a second from one address; 0 for no limit"`
	CheckBurst           int            `env:"CHECK_BURST" envDefault:"60" help:"checks of certificates at once from one address"`
	VoucherCancelMinutes int            `env:"VOUCHER_CANCEL_MINUTES" envDefault:"30" help:"minutes in which the redemption of a voucher can be cancelled"`
	VoucherGuessRate     float64        `env:"VOUCHER_GUESS_RATE" envDefault:"0.1" help:"wrong voucher codes a second from one account; 0 for no limit"`
	VoucherGuessBurst    int            `env:"VOUCHER_GUESS_BURST" envDefault:"20" help:"wrong voucher codes at once from one account"`
	PublicationQuestions int            `env:"PUBLICATION_QUESTIONS" envDefault:"1000" help:"questions about published figures that an analyst may ask a day; 0 for no limit"`
	WebhookLoopback      bool           `env:"WEBHOOK_LOOPBACK" envDefault:"false" help:"whether webhooks may go to http on this machine; for development"`
}

// settings are the DURE_ variables as they were found, and then as flags overrule them.
type settings map[string]string

func readSettings(environ []string) settings {
	s := settings{}
	for _, variable := range environ {
		if name, value, _ := strings.Cut(variable, "="); strings.HasPrefix(name, prefix) && !serviceLink.MatchString(name) {
			s[name] = value
		}
	}
	return s
}

// serviceLink is what Kubernetes puts into every container's environment for a service named dure or dure-x.
var serviceLink = regexp.MustCompile(`^DURE_(\w+_)?(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$`)

// setDefault sets a variable that is not set.
func (s settings) setDefault(name, value string) {
	if s[prefix+name] == "" {
		s[prefix+name] = value
	}
}

// flags lets every variable be given as a flag, too: DURE_TIME_ZONE as --time-zone.
func (s settings) flags(fs *flag.FlagSet) {
	for f := range reflect.TypeFor[config]().Fields() {
		key := f.Tag.Get("env")
		fs.Func(strings.ReplaceAll(strings.ToLower(key), "_", "-"), f.Tag.Get("help")+defaultOf(f), func(value string) error {
			s[prefix+key] = value
			return nil
		})
	}
}

func defaultOf(f reflect.StructField) string {
	if d := f.Tag.Get("envDefault"); d != "" {
		return " (default " + d + ")"
	}
	return ""
}

// load reads the configuration and tells all that is wrong with it at once.
func (s settings) load() (config, error) {
	var c config
	wrong := map[string]string{} // variable to what is wrong with it
	err := env.ParseWithOptions(&c, env.Options{Environment: s, Prefix: prefix})
	c.check(wrong)
	if all, ok := errors.AsType[env.AggregateError](err); ok {
		for _, one := range all.Errors {
			name, what := told(one)
			wrong[name] = what
		}
	}
	known := map[string]bool{}
	for f := range reflect.TypeFor[config]().Fields() {
		known[prefix+f.Tag.Get("env")] = true
	}
	for name := range s {
		if !known[name] {
			wrong[name] = "no such variable"
		}
	}
	if len(wrong) == 0 {
		return c, nil
	}
	text := "the configuration is wrong:"
	for _, name := range slices.Sorted(maps.Keys(wrong)) {
		text += "\n  " + name + ": " + wrong[name]
	}
	return c, errors.New(text)
}

// told says which variable could not be read, and why, in plainer words than env and strconv do.
func told(err error) (name, what string) {
	p, ok := errors.AsType[env.ParseError](err)
	f, found := reflect.TypeFor[config]().FieldByName(p.Name)
	if !ok || !found {
		return prefix, err.Error()
	}
	what = p.Err.Error()
	if n, ok := errors.AsType[*strconv.NumError](p.Err); ok {
		what = fmt.Sprintf("%q is not a number", n.Num)
	} else if v, ok := errors.AsType[env.ParseValueError](p.Err); ok {
		what = v.Err.Error()
	}
	return prefix + f.Tag.Get("env"), what
}

// check notes which values cannot be right, without repeating what may hold a password.
func (c config) check(wrong map[string]string) {
	want := func(ok bool, name, must string) {
		if !ok {
			wrong[prefix+name] = must
		}
	}
	want(isDatabase(c.DatabaseURL), "DATABASE_URL", "must be sqlite:FILE or postgres://USER:PASSWORD@HOST/DATABASE")
	_, noPlace := vault.Locate(c.documentPlace())
	want(noPlace == nil, "DOCUMENT_STORE", vault.ErrPlace.Error())
	want(c.DocumentDayMiB >= c.DocumentMaxMiB && c.DocumentDayMiB <= 10_240, "DOCUMENT_DAY_MIB", "must be at least one document's size and at most 10240")
	want(c.DocumentMaxMiB >= 1 && c.DocumentMaxMiB <= 32, "DOCUMENT_MAX_MIB", "must be between 1 and 32")
	want(c.DBMaxConns == 0 || c.DBMaxConns >= 2 && c.DBMaxConns <= 1000, "DB_MAX_CONNS", "must be 0, or between 2 and 1000")
	want(isAddress(c.Addr), "ADDR", "must be HOST:PORT or :PORT")
	want(c.MetricsAddr == "off" || isAddress(c.MetricsAddr), "METRICS_ADDR", "must be HOST:PORT, :PORT or off")
	for _, proxy := range c.TrustedProxies {
		_, notCIDR := netip.ParsePrefix(proxy)
		_, notAddress := netip.ParseAddr(proxy)
		want(notCIDR == nil || notAddress == nil, "TRUSTED_PROXIES", fmt.Sprintf("%q is no address and no CIDR", proxy))
	}
	want(c.AuthRate >= 0 && c.AuthRate <= 1e6, "AUTH_RATE", "must be between 0 and 1000000")
	want(c.AuthBurst >= 1, "AUTH_BURST", "must be at least 1")
	want(isPublic(c.PublicURL), "PUBLIC_URL", "must be http://HOST or https://HOST, without a slash at the end")
	name := strings.TrimSpace(c.CertIssuer)
	want(name != "" && len([]rune(name)) <= 60, "CERTIFICATE_ISSUER", "must be a name of 1 to 60 characters")
	want(c.PublicationQuestions >= 0, "PUBLICATION_QUESTIONS", "must be 0 or more")
	want(c.CheckRate >= 0 && c.CheckRate <= 1e6, "CHECK_RATE", "must be between 0 and 1000000")
	want(c.CheckBurst >= 1, "CHECK_BURST", "must be at least 1")
	want(c.VoucherGuessRate >= 0 && c.VoucherGuessRate <= 1e6, "VOUCHER_GUESS_RATE", "must be between 0 and 1000000")
	want(c.VoucherGuessBurst >= 1, "VOUCHER_GUESS_BURST", "must be at least 1")
	want(c.VoucherCancelMinutes >= 0 && c.VoucherCancelMinutes <= 60*24*31, "VOUCHER_CANCEL_MINUTES", "must be between 0 and 44640")
	want(c.DisputeAnswerDays >= 1 && c.DisputeAnswerDays <= 365, "DISPUTE_ANSWER_DAYS", "must be between 1 and 365")
	want(c.DisputeAppealDays >= 1 && c.DisputeAppealDays <= 365, "DISPUTE_APPEAL_DAYS", "must be between 1 and 365")
	want(c.LogFormat == "json" || c.LogFormat == "text", "LOG_FORMAT", "must be json or text")
}

func isDatabase(url string) bool {
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		return file != "" && !strings.HasPrefix(file, ":memory:") && !strings.HasPrefix(file, "//") && !strings.Contains(file, "?")
	}
	_, err := pgx.ParseConfig(url)
	return err == nil && (strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://"))
}

func isAddress(addr string) bool {
	_, port, err := net.SplitHostPort(addr)
	n, notNumber := strconv.ParseUint(port, 10, 16)
	return err == nil && notNumber == nil && n <= 65535
}

func isPublic(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil && !strings.ContainsAny(address, "?#") &&
		!strings.HasSuffix(address, "/") && len(address) <= 100
}

// database names the database without the password that its URL may hold.
func (c config) database() string {
	if strings.HasPrefix(c.DatabaseURL, "sqlite:") {
		return c.DatabaseURL
	}
	p, err := pgx.ParseConfig(c.DatabaseURL)
	if err != nil {
		return "postgres://…"
	}
	return fmt.Sprintf("postgres://%s@%s/%s", p.User, net.JoinHostPort(p.Host, strconv.Itoa(int(p.Port))), p.Database)
}

// LogValue shows the effective configuration, without secrets.
func (c config) LogValue() slog.Value {
	c.DatabaseURL, c.DocumentStore = c.database(), c.documentPlace()
	if c.DocumentSecretKey != "" {
		c.DocumentSecretKey = "…"
	}
	var attrs []slog.Attr
	for f, v := range reflect.ValueOf(c).Fields() {
		attrs = append(attrs, slog.String(strings.ToLower(f.Tag.Get("env")), fmt.Sprint(v.Interface())))
	}
	return slog.GroupValue(attrs...)
}
