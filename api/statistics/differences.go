package statistics

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/statistics"
)

// Differences is what was posted between two instants. The months are of all such entries, the items of one page.
type Differences struct {
	FromAsOf time.Time          `json:"from_as_of" format:"date-time" example:"2026-01-31T14:59:59.999999Z"`
	ToAsOf   time.Time          `json:"to_as_of" format:"date-time" example:"2026-02-28T14:59:59.999999Z"`
	Entries  int                `json:"entries" example:"2"`
	Minutes  int64              `json:"minutes" format:"int64" example:"600"` // by how much reports of the two instants differ
	Visits   int                `json:"visits" example:"2"`
	Months   []DifferencesMonth `json:"months"` // by the month of the effective days; only those there are
	Items    []DifferencesEntry `json:"items"`  // oldest first
	Next     *string            `json:"next" extensions:"x-nullable"`
} //	@name	StatisticsDifferences

// DifferencesMonth is what the entries of a month's days add up to.
type DifferencesMonth struct {
	Month   string `json:"month" format:"year-month" example:"2025-12"`
	Entries int    `json:"entries" example:"2"`
	Minutes int64  `json:"minutes" format:"int64" example:"600"`
	Visits  int    `json:"visits" example:"2"`
} //	@name	StatisticsDifferencesMonth

// DifferencesEntry is an entry of the ledger without the person.
type DifferencesEntry struct {
	ID           id.ID        `json:"entry_id" format:"uuid" swaggertype:"string"`
	EffectiveDay calendar.Day `json:"effective_day" format:"date" swaggertype:"string" example:"2025-12-20"`
	PostedAt     time.Time    `json:"posted_at" format:"date-time" example:"2026-02-03T01:00:00Z"`
	Minutes      int          `json:"minutes" example:"480"` // below zero when taken back
	Visits       int          `json:"visits" example:"1"`
	Kind         string       `json:"kind" enums:"recognition,adjustment,correction,reversal" example:"recognition"`
	FieldCode    string       `json:"field_code" example:"0104"`
	Evidence     string       `json:"evidence" example:"leader"`
	RegionCode   string       `json:"region_code" example:"1221052500"` // where the person lived on that day, as known at to_as_of
} //	@name	StatisticsDifferencesEntry

// differences answers why two reports differ.
//
//	@ID				readStatisticsDifferences
//	@Summary		Entries posted between two instants (centre officers)
//	@Description	Why a report as of the later instant differs from the same report as of the earlier one. Entries are named, persons never.
//	@Description	An instant is written with its offset (+ sent as %2B) and lies at least two minutes ago; a past day means its end.
//	@Tags			statistics
//	@Security		bearer
//	@Produce		json
//	@Param			from_as_of	query		string	true	"posted after it"						example(2026-01-31)
//	@Param			to_as_of	query		string	true	"posted up to and with it"				example(2026-02-28)
//	@Param			from		query		string	false	"first effective day; all where absent"	format(date)	example(2025-12-01)
//	@Param			to			query		string	false	"last effective day; all where absent"	format(date)	example(2025-12-31)
//	@Param			limit		query		int		false	"rows of a page"						default(20)	minimum(1)	maximum(100)
//	@Param			after		query		string	false	"next of the page before"
//	@Success		200			{object}	Differences
//	@Failure		400			{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		409			{object}	problem.Problem	"as_of.too_recent"
//	@Failure		422			{object}	problem.Problem	"request.invalid, as_of.future"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/differences [get]
func (h Handler) differences(c *gin.Context) {
	q := bind.NewQuery(c, "from_as_of", "to_as_of", "from", "to", "limit", "after")
	from, to, p := q.AsOf("from_as_of"), q.AsOf("to_as_of"), q.Page()
	days := statistics.Period{From: q.Day("from"), To: q.Day("to")}
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	d, err := h.service.Differences(c.Request.Context(), from, to, days, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := presentDifferences(d)
	answer.Next = q.Cursor(d.Next)
	c.JSON(http.StatusOK, answer)
}

func presentDifferences(d statistics.Differences) Differences {
	answer := Differences{FromAsOf: d.From, ToAsOf: d.To, Months: make([]DifferencesMonth, len(d.Months)), Items: make([]DifferencesEntry, len(d.Items))}
	for i, m := range d.Months {
		answer.Months[i] = DifferencesMonth{Month: *month(m.Month), Entries: m.Entries, Minutes: m.Minutes, Visits: m.Visits}
		answer.Entries += m.Entries
		answer.Minutes += m.Minutes
		answer.Visits += m.Visits
	}
	for i, e := range d.Items {
		answer.Items[i] = DifferencesEntry(e)
	}
	return answer
}
