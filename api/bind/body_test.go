package bind

import (
	"testing"
	"time"

	"dure/domain/kernel/fault"
	"dure/domain/kernel/id"
)

type told struct {
	Name  string    `json:"name"`
	At    time.Time `json:"at"`
	Shift id.ID     `json:"shift"`
	Count int       `json:"count"`
	More  []told    `json:"more"`
}

func TestWhatIsWrongInABodyIsToldWithItsPath(t *testing.T) {
	for body, want := range map[string]string{
		`{"name":"가"}`:                             "",
		`{"at":"2026-07-14T09:00:00+09:00"}`:       "",
		`{"at":"2026-07-14T09:00:00"}`:             "request.invalid items[3].at calendar.instant",
		`{"more":[{},{"at":"1899-12-31T00:00Z"}]}`: "request.invalid items[3].more[1].at calendar.instant",
		`{"shift":"x"}`:                            "request.invalid items[3].shift unknown",
		`{"shift":7}`:                              "request.type items[3].shift",
		`{"count":"7"}`:                            "request.type items[3].count",
		`{"count":1e400}`:                          "request.type items[3].count",
		`{"count":9223372036854775808}`:            "request.type items[3].count",
		`{"name":7}`:                               "request.type items[3].name",
		`{"name":"a\u0000b"}`:                      "request.text items[3].name",
		`{"name":"\ud800"}`:                        "request.text items[3].name",
		"{\"name\":\"\xff\"}":                      "request.text items[3].name",
		`{"nam":"x"}`:                              "request.member items[3].nam",
		`{"Name":"x"}`:                             "request.member items[3].Name",
		`{"name":"x","name":"y"}`:                  "request.member items[3].name",
		`{"name":"x"} {}`:                          "request.json",
		`{"name":`:                                 "request.json",
		`[]`:                                       "request.type items[3]",
		`7`:                                        "request.type items[3]",
		`null`:                                     "request.type items[3]",
	} {
		var into told
		err := Decode(Raw(body), "items[3]", &into)
		got := ""
		if f, ok := fault.From(err); ok {
			got = f.Code
			if path, ok := f.Args["path"]; ok {
				got += " " + path.(string)
			}
			for _, field := range f.Fields {
				got += " " + field.Path + " " + field.Code
			}
		} else if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %q, want %q", body, got, want)
		}
	}
}

func TestMember(t *testing.T) {
	for raw, want := range map[string]string{
		`{"client_id":"가","at":5}`: "가", `{"client_id":5}`: "", `{}`: "", `5`: "", `{"client_id":"\u0000"}`: "",
	} {
		if got := Member(Raw(raw), "client_id"); got != want {
			t.Errorf("%s: %q", raw, got)
		}
	}
}
