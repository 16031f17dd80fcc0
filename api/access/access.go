// Package access serves the log of acts: to each person what concerns him, to auditors all of it.
package access

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/access"
	"dure/domain/kernel/id"
)

// Handler serves the routes.
type Handler struct{ service *access.Service }

// New makes the handler.
func New(service *access.Service) Handler { return Handler{service} }

// Routes registers the routes.
func (h Handler) Routes(_, signedIn gin.IRoutes) {
	signedIn.GET("/me/access-log", h.mine)
	signedIn.GET("/audit-events", h.events)
}

// Entry is one line of a person's access log.
type Entry struct {
	ID     id.ID      `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	At     time.Time  `json:"at" format:"date-time" example:"2026-07-15T01:00:00Z"`                              // of a look: the day's first
	LastAt *time.Time `json:"last_at" format:"date-time" extensions:"x-nullable" example:"2026-07-15T03:12:00Z"` // of looks: the day's last
	Times  int        `json:"times" example:"3"`                                                                 // looks of that day
	What   What       `json:"what"`
	Who    []Who      `json:"who"`
	Reason string     `json:"reason" example:"더 남았습니다."`
} //	@name	AccessEntry

// What is what was done.
type What struct {
	Code string `json:"code" example:"attendance.verified"`
	Text string `json:"text" example:"활동시간을 확인하였습니다."`
} //	@name	AccessWhat

// Who is in which capacity somebody acted: each role that the account held at that time. Nobody is named.
type Who struct {
	Role         string  `json:"role" enums:"camp_head,camp_keeper,demand_site_manager,centre_officer,analyst,administrator,system,none" example:"camp_keeper"`
	Text         string  `json:"text" example:"캠프지기"`
	Organisation *string `json:"organisation" extensions:"x-nullable" example:"충장동 자원봉사캠프"` // null for the city's own
} //	@name	AccessWho

// Page is a page of a person's access log.
type Page struct {
	Items []Entry `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	AccessPage

// mine lists who did or saw something of the caller's.
//
//	@ID				listMyAccessLog
//	@Summary		List who looked at one's data or decided on it (every volunteer)
//	@Description	Newest first; one's own acts are left out. Looks at lists are counted by account, day and address.
//	@Tags			access
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		409		{object}	problem.Problem	"volunteer.no_person"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/me/access-log [get]
func (h Handler) mine(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Mine(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Entry, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, e := range found.Items {
		answer.Items[i] = present(problem.Lang(c), e)
	}
	c.JSON(http.StatusOK, answer)
}

func present(lang i18n.Lang, e access.Entry) Entry {
	shown := Entry{ID: e.ID, At: e.At, LastAt: e.LastAt, Times: e.Times, What: What{e.Action, what(lang, e.Action)}, Reason: e.Reason, Who: []Who{}}
	for _, held := range e.By {
		who := Who{Role: string(held.Role), Text: i18n.Text(lang, "access.role."+string(held.Role), nil)}
		if held.Organisation != "" {
			who.Organisation = &held.Organisation
		}
		shown.Who = append(shown.Who, who)
	}
	if len(e.By) == 0 {
		role := "none"
		if e.AccountID == nil {
			role = "system"
		}
		shown.Who = append(shown.Who, Who{Role: role, Text: i18n.Text(lang, "access.role."+role, nil)})
	}
	return shown
}

// what says an action in words; one without words of its own is said in general.
func what(lang i18n.Lang, action string) string {
	if key := "access.what." + action; i18n.Has(lang, key) {
		return i18n.Text(lang, key, nil)
	}
	return i18n.Text(lang, "access.what", nil)
}

// Event is an act as auditors read it.
type Event struct {
	ID          id.ID           `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	HappenedAt  time.Time       `json:"happened_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	AccountID   *id.ID          `json:"account_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	Address     string          `json:"address" example:"203.0.113.7"` // empty for jobs and the console
	RequestID   string          `json:"request_id" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a11"`
	Action      string          `json:"action" example:"attendance.verified"`
	SubjectType string          `json:"subject_type" example:"attendance"`
	SubjectID   string          `json:"subject_id" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a12"`
	VolunteerID *id.ID          `json:"volunteer_id" format:"uuid" swaggertype:"string" extensions:"x-nullable"`
	Reason      string          `json:"reason" example:"더 남았습니다."`
	Before      json.RawMessage `json:"before" swaggertype:"object" extensions:"x-nullable"`
	After       json.RawMessage `json:"after" swaggertype:"object" extensions:"x-nullable"`
} //	@name	AuditEvent

// EventPage is a page of acts.
type EventPage struct {
	Items []Event `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	AuditEventPage

// events lists acts.
//
//	@ID				listAuditEvents
//	@Summary		List acts: who, when, from where, on what, before and after, why (administrators)
//	@Description	Newest first. Reading the log is itself an act.
//	@Tags			access
//	@Security		bearer
//	@Produce		json
//	@Param			subject_type	query		string	false	"kind of subject"	example(attendance)
//	@Param			subject_id		query		string	false	"subject"
//	@Param			account_id		query		string	false	"who acted"				format(uuid)
//	@Param			volunteer_id	query		string	false	"whose data it was"		format(uuid)
//	@Param			action			query		string	false	"what was done"			example(role.granted)
//	@Param			from			query		string	false	"first day"				format(date)	example(2026-07-01)
//	@Param			to				query		string	false	"last day, included"	format(date)	example(2026-07-31)
//	@Param			limit			query		int		false	"rows of a page"		default(20)	minimum(1)	maximum(100)
//	@Param			after			query		string	false	"next of the page before"
//	@Success		200				{object}	EventPage
//	@Failure		400				{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/audit-events [get]
func (h Handler) events(c *gin.Context) {
	q := bind.NewQuery(c, "subject_type", "subject_id", "account_id", "volunteer_id", "action", "from", "to", "limit", "after")
	f := access.Filter{SubjectType: q.Text("subject_type"), SubjectID: q.Text("subject_id"), Action: q.Text("action"),
		AccountID: q.ID("account_id"), VolunteerID: q.ID("volunteer_id"), From: q.Day("from"), To: q.Day("to")}
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Events(c.Request.Context(), f, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := EventPage{Items: make([]Event, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, e := range found.Items {
		answer.Items[i] = presentEvent(e)
	}
	c.JSON(http.StatusOK, answer)
}

func presentEvent(e access.Event) Event {
	shown := Event{ID: e.ID, HappenedAt: e.HappenedAt, AccountID: e.AccountID, Address: e.Address, RequestID: e.RequestID, Action: e.Action,
		SubjectType: e.SubjectType, SubjectID: e.SubjectID, VolunteerID: e.VolunteerID, Reason: e.Reason}
	var change struct{ Before, After json.RawMessage }
	if json.Unmarshal([]byte(e.Detail), &change) == nil { // acts that changed nothing have none
		shown.Before, shown.After = change.Before, change.After
	}
	return shown
}
