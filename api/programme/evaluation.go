package programme

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/programme"
)

// Evaluation is how far the search through the whole city is.
type Evaluation struct {
	ID         id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Day        calendar.Day `json:"day" format:"date" swaggertype:"string" example:"2026-07-15"`
	Number     int          `json:"number" example:"1"` // of the version of the programme
	State      string       `json:"state" enums:"running,finished" example:"running"`
	Persons    int64        `json:"persons" example:"500000"`
	Seen       int64        `json:"seen" example:"120000"`
	Eligible   int64        `json:"eligible" example:"812"`
	StartedAt  time.Time    `json:"started_at" format:"date-time" example:"2026-07-15T10:00:00+09:00"`
	FinishedAt *time.Time   `json:"finished_at" format:"date-time" extensions:"x-nullable"`
} //	@name	IncentiveEvaluation

// Result is somebody whom an evaluation found.
type Result struct {
	VolunteerNumber string `json:"volunteer_number" example:"2026-000123-7"`
	VolunteerName   string `json:"volunteer_name" example:"홍*동"`
	Place           *int   `json:"place,omitempty" example:"1"`
	Measured        []int  `json:"measured"` // by condition, in the order of the terms
} //	@name	IncentiveResult

// ResultPage is a page of results.
type ResultPage struct {
	Items []Result `json:"items"`
	Next  *string  `json:"next" extensions:"x-nullable"`
} //	@name	IncentiveResultPage

func (h Handler) presentEvaluation(e programme.Evaluation) Evaluation {
	r := Evaluation{ID: e.ID, Day: e.Day, Number: e.Number, State: e.State, Persons: e.Persons, Seen: e.Seen, Eligible: e.Eligible, StartedAt: e.StartedAt.In(h.zone)}
	if e.FinishedAt != nil {
		at := e.FinishedAt.In(h.zone)
		r.FinishedAt = &at
	}
	return r
}

// evaluate begins an evaluation.
//
//	@ID				evaluateIncentiveProgramme
//	@Summary		Find everybody in the city who meets a programme (centre officers)
//	@Description	Begins the work, or tells of the one that runs already; it goes on after a restart where it was. Ask its path for the progress.
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Success		202	{object}	Evaluation
//	@Header			202	{string}	Location	"path of the evaluation"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"programme.not_found"
//	@Failure		409	{object}	problem.Problem	"programme.closed, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		422	{object}	problem.Problem	"idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id}/evaluations [post]
func (h Handler) evaluate(c *gin.Context) {
	programmeID, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	e, _, err := h.service.Evaluate(c.Request.Context(), programmeID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1"+"/incentive-programmes/"+programmeID.String()+"/evaluations/"+e.ID.String())
	c.JSON(http.StatusAccepted, h.presentEvaluation(e))
}

// progress tells how far an evaluation is.
//
//	@ID				getIncentiveEvaluation
//	@Summary		Read how far an evaluation is (centre officers)
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			evaluation_id	path	string	true	"evaluation"	format(uuid)
//	@Success		200	{object}	Evaluation
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"programme.evaluation_not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id}/evaluations/{evaluation_id} [get]
func (h Handler) progress(c *gin.Context) {
	ids, err := bind.IDs(c, "programme_id", "evaluation_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	e, err := h.service.Progress(c.Request.Context(), ids[0], ids[1])
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, h.presentEvaluation(e))
}

// results lists whom an evaluation found.
//
//	@ID				listIncentiveEvaluationResults
//	@Summary		List whom an evaluation found, by place, names masked (centre officers)
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			evaluation_id	path	string	true	"evaluation"	format(uuid)
//	@Param			limit	query	int	false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query	string	false	"next of the page before"
//	@Success		200	{object}	ResultPage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"programme.evaluation_not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id}/evaluations/{evaluation_id}/results [get]
func (h Handler) results(c *gin.Context) {
	ids, err := bind.IDs(c, "programme_id", "evaluation_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.service.Results(c.Request.Context(), ids[0], ids[1], p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	all := ResultPage{Items: make([]Result, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, r := range found.Items {
		all.Items[i] = Result{VolunteerNumber: r.VolunteerNumber, VolunteerName: text.Mask(r.VolunteerName), Measured: r.Measured}
		if r.Place > 0 {
			all.Items[i].Place = &r.Place
		}
	}
	c.JSON(http.StatusOK, all)
}
