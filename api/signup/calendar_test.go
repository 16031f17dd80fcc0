package signup

import (
	"strings"
	"testing"
	"time"

	"dure/domain/kernel/id"
	"dure/domain/signup"
)

func TestTheFeedCanBeReadByAnybody(t *testing.T) {
	at := time.Date(2026, 7, 20, 0, 0, 0, 0, time.UTC)
	m := signup.Mine{Placed: signup.Placed{SignUp: signup.SignUp{ID: id.New(), StartsAt: at, EndsAt: at.Add(time.Hour), ChangedAt: at}},
		ActivityTitle: strings.Repeat("어르신 말벗; 산책, ", 10) + `\끝`, ActivityPlace: "충장로 1, 2층"}
	text := feed([]signup.Mine{m}, time.FixedZone("Asia/Seoul", 9*3600))
	if strings.Contains(strings.ReplaceAll(text, "\r\n", ""), "\n") {
		t.Error("a line does not end in CRLF")
	}
	for line := range strings.SplitSeq(text, "\r\n") {
		if len(line) > 75 || !strings.HasPrefix(strings.ToValidUTF8(line, "?"), line) {
			t.Errorf("%d bytes, or half a letter: %q", len(line), line)
		}
	}
	unfolded := strings.ReplaceAll(text, "\r\n ", "")
	want := "SUMMARY:" + strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`).Replace(m.ActivityTitle) + "\r\n"
	if !strings.Contains(unfolded, want) || !strings.Contains(unfolded, `LOCATION:충장로 1\, 2층`) || !strings.Contains(unfolded, "UID:"+m.ID.String()+"@dure") {
		t.Error(unfolded)
	}
}
