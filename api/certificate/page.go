package certificate

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/kernel/fault"
)

// wantsPage tells a person who followed the QR code from a program: only browsers ask for HTML.
func wantsPage(c *gin.Context) bool { return strings.Contains(c.GetHeader("Accept"), "text/html") }

// page is what a person sees. It loads nothing and runs nothing.
var page = template.Must(template.New("check").Parse(`<!DOCTYPE html>
<html lang="{{.Lang}}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{{.Title}}</title>
<style>
body { font-family: system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 34rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.6 }
h1 { font-size: 1.3rem }
.status { font-size: 1.15rem; font-weight: 600; border-left: .4rem solid #b3261e; padding: .4rem .8rem; background: #f5f5f3 }
.status.good { border-color: #1b6e3c }
dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1.2rem }
dt { color: #555 }
dd { margin: 0; overflow-wrap: anywhere }
</style>
<h1>{{.Title}}</h1>
<p class="status{{if .Good}} good{{end}}">{{.Status}}</p>
{{if .Rows}}<dl>{{range .Rows}}<dt>{{.Label}}</dt><dd>{{.Value}}</dd>{{end}}</dl>
<p>{{.Compare}}</p>{{end}}
</html>
`))

// content is what the page tells.
type content struct {
	Lang                   i18n.Lang
	Title, Status, Compare string
	Good                   bool
	Rows                   []row
}

type row struct{ Label, Value string }

// writePage answers a person: with what a check tells, or that there is no such certificate. Other errors are problems.
func writePage(c *gin.Context, r CheckResponse, err error) {
	f, isFault := fault.From(err)
	if err != nil && (!isFault || f.Kind != fault.NotFound) {
		problem.Write(c, err)
		return
	}
	lang := problem.Lang(c)
	say := func(name string, args map[string]any) string { return i18n.Text(lang, "certificate.page."+name, args) }
	status, shown := http.StatusNotFound, content{Lang: lang, Title: say("title", nil), Status: i18n.Text(lang, "certificate.not_found", nil)}
	if err == nil {
		status = http.StatusOK
		shown.Status, shown.Good, shown.Compare = say(string(r.Status), nil), r.Status == "valid" && r.Document != "altered", say("compare", nil)
		shown.Rows = []row{
			{say("number", nil), r.Number}, {say("name", nil), r.Name}, {say("period", nil), r.From.String() + " ~ " + r.To.String()},
			{say("minutes", nil), say("duration", map[string]any{"hours": r.Minutes / 60, "rest": r.Minutes % 60, "minutes": r.Minutes})},
			{say("issued_on", nil), r.IssuedOn.String()}, {"SHA-256", r.SHA256},
		}
		if r.Document != "" {
			shown.Rows = append(shown.Rows, row{say("document", nil), say(string(r.Document), nil)})
		}
	}
	c.Header("Content-Type", "text/html; charset=utf-8")
	c.Header("Content-Language", string(lang))
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	c.Status(status)
	if err := page.Execute(c.Writer, shown); err != nil {
		problem.Write(c, err)
	}
}
