package insurance

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
	"dure/domain/sheet"
)

// RosterRequest says of which days the insurer's roster is, and why it is given.
type RosterRequest struct {
	From   calendar.Day `json:"from" format:"date" swaggertype:"string" example:"2026-07-01" validate:"required"`
	To     calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-31" validate:"required"` // included
	Reason string       `json:"reason" example:"7월분 피보험자 명부 제출" maxLength:"500" validate:"required"`
	Format string       `json:"format" enums:"csv,xlsx" example:"xlsx" validate:"required"`
} //	@name	InsuranceRosterRequest

// mine tells a volunteer whether he is covered.
//
//	@ID				getMyInsurance
//	@Summary		Read whether one is insured at an instant (the volunteer himself)
//	@Description	Computed from sign-ups, presences, consent and the contract in force, never typed in; it does not wait for hours to be recognised.
//	@Tags			insurance
//	@Security		bearer
//	@Produce		json
//	@Param			at	query		string	false	"instant; now when absent"	format(date-time)	example(2026-07-15T13:00:00+09:00)
//	@Success		200	{object}	Coverage
//	@Failure		400	{object}	problem.Problem	"request.query"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"insurance.no_person"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/insurance [get]
func (h Handler) mine(c *gin.Context) {
	q := bind.NewQuery(c, "at")
	at := q.Instant("at")
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	answer, err := h.service.Mine(c.Request.Context(), at)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentCover(problem.Lang(c), answer))
}

// coverage tells whether somebody is covered.
//
//	@ID				getCoverage
//	@Summary		Read whether somebody is insured at an instant (centre officers; an organiser's people, of who has a place at their shifts then)
//	@Description	Organisers are told of what rests on their own shifts. That somebody asked is kept.
//	@Tags			insurance
//	@Security		bearer
//	@Produce		json
//	@Param			volunteer_id	query		string	true	"volunteer"					format(uuid)
//	@Param			at				query		string	false	"instant; now when absent"	format(date-time)	example(2026-07-15T13:00:00+09:00)
//	@Success		200				{object}	Coverage
//	@Failure		400				{object}	problem.Problem	"request.query"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		404				{object}	problem.Problem	"volunteer.not_found"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/coverage [get]
func (h Handler) coverage(c *gin.Context) {
	q := bind.NewQuery(c, "volunteer_id", "at")
	person, at := q.ID("volunteer_id"), q.Instant("at")
	if !q.Has("volunteer_id") {
		problem.Write(c, bind.ErrQuery.With("name", "volunteer_id"))
		return
	}
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	answer, err := h.service.Of(c.Request.Context(), person, at)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentCover(problem.Lang(c), answer))
}

// What a file is sent as.
const (
	csvType  = "text/csv; charset=utf-8"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// roster gives the insurer's roster.
//
//	@ID				makeInsuranceRoster
//	@Summary		Make the insurer's roster of some days (centre officers)
//	@Description	Everybody who is covered by a sign-up or presence that begins on these days: name, birth date, sex, time and title of the activity,
//	@Description	organiser. Only of people who consent to it now; no telephone, no address. That it was made is kept, with its reason and length.
//	@Description	Up to 50,000 lines; cells that a spreadsheet would run are quoted. Under an Idempotency-Key it is made once; the
//	@Description	file is not kept to be sent again.
//	@Tags			insurance
//	@Security		bearer
//	@Accept			json
//	@Produce		text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
//	@Param			contract_id	path		string			true	"contract"	format(uuid)
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body		body		RosterRequest	true	"days, reason and format"
//	@Success		200			{file}		file
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		403			{object}	problem.Problem	"auth.forbidden"
//	@Failure		404			{object}	problem.Problem	"insurance.contract_not_found"
//	@Failure		409			{object}	problem.Problem	"idempotency.in_use: it was made under this key before"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid, insurance.roster_too_long"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/insurance-contracts/{contract_id}/roster [post]
func (h Handler) roster(c *gin.Context) {
	contractID, err := bind.ID(c, "contract_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req RosterRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	contract, insured, err := h.service.Insured(c.Request.Context(), insurance.Roster{ContractID: contractID, From: req.From, To: req.To,
		Reason: req.Reason, Format: insurance.Format(req.Format)})
	if err != nil {
		problem.Write(c, err)
		return
	}
	file, mediaType := sheet.CSV(h.table(problem.Lang(c), contract, insured)), csvType
	if insurance.Format(req.Format) == insurance.XLSX {
		if file, err = sheet.XLSX("명부", h.table(problem.Lang(c), contract, insured)); err != nil {
			problem.Write(c, err)
			return
		}
		mediaType = xlsxType
	}
	c.Header("Content-Disposition", fmt.Sprintf(`attachment; filename="roster_%s_%s.%s"`, req.From, req.To, req.Format))
	c.Data(http.StatusOK, mediaType, file)
}

// table is a roster in words, its times those of the city.
func (h Handler) table(lang i18n.Lang, contract insurance.Contract, insured []insurance.Insured) [][]string {
	say := func(key string) string { return i18n.Text(lang, "insurance.roster."+key, nil) }
	clock := func(t time.Time) string { return t.In(h.clock.Zone).Format("2006-01-02 15:04") }
	rows := [][]string{{say("contract"), say("name"), say("birth_date"), say("sex"), say("begins"), say("ends"), say("organiser"), say("activity"), say("basis")}}
	for _, i := range insured {
		ends := clock(i.EndsAt)
		if i.Out != nil {
			ends = clock(*i.Out)
		}
		rows = append(rows, []string{contract.Number, i.Name, i.BirthDate.String(), say(i.Sex), clock(i.Begins()), ends, i.OrganiserName, i.Title,
			say(string(i.Basis))})
	}
	return rows
}
