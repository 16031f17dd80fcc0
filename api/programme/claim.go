package programme

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/i18n"
	"dure/api/problem"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/text"
	"dure/domain/programme"
)

// ClaimRequest is what the terms ask an applicant for.
type ClaimRequest struct {
	CarPlate string   `json:"car_plate" example:"12가3456"` // where the benefit is one per car; kept as a hash and its last four digits
	Declared []string `json:"declared" example:"driving_licence"`
} //	@name	IncentiveClaim

// DecisionRequest is why a claim was decided so.
type DecisionRequest struct {
	Reason string `json:"reason" example:"차량등록증을 확인하지 못했습니다." maxLength:"500"`
} //	@name	IncentiveDecision

// Mine is what a person has, could have and had.
type Mine struct {
	Day       calendar.Day `json:"day" format:"date" swaggertype:"string" example:"2026-07-15"`
	Holdings  []Holding    `json:"holdings"`
	Claimable []Standing   `json:"claimable"`
	Next      []Standing   `json:"next"`
	Others    []Standing   `json:"others"`
} //	@name	MyIncentives

// Holding is what a person has or had of a programme.
type Holding struct {
	ID        id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Programme Named        `json:"programme"`
	Benefit   Benefit      `json:"benefit"`
	State     string       `json:"state" enums:"requested,refused,held,expired,taken_back,exchanged" example:"held"`
	StateText string       `json:"state_text" example:"보유 중"`
	Period    string       `json:"period,omitempty" example:"2026-06-01"` // of which year or month it is
	ClaimedAt time.Time    `json:"claimed_at" format:"date-time" example:"2026-07-15T10:00:00+09:00"`
	ValidFrom calendar.Day `json:"valid_from" format:"date" swaggertype:"string" example:"2026-07-15" extensions:"x-nullable"`
	ValidTo   calendar.Day `json:"valid_to" format:"date" swaggertype:"string" example:"2027-07-14" extensions:"x-nullable"`
	CarLast   string       `json:"car_last,omitempty" example:"3456"`
	VoucherID *id.ID       `json:"voucher_id,omitempty" format:"uuid" swaggertype:"string"` // see /me/vouchers
	EarnedBy  []Earned     `json:"earned_by"`
	Steps     []Step       `json:"steps"`
} //	@name	IncentiveHolding

// Named is a programme by its names.
type Named struct {
	ID     id.ID  `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	Code   string `json:"code" example:"bukgu-v-awards"`
	Name   string `json:"name" example:"북구 V-어워즈"`
	NameEn string `json:"name_en" example:"Buk-gu V-Awards"`
} //	@name	IncentiveProgrammeName

// Earned is a condition as it was measured when the benefit was claimed.
type Earned struct {
	Requirement int          `json:"requirement" example:"0"`
	Measure     string       `json:"measure" enums:"minutes,visits,active_days" example:"minutes"`
	From        calendar.Day `json:"from" format:"date" swaggertype:"string" extensions:"x-nullable"`
	To          calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-15"`
	AtLeast     int          `json:"at_least" example:"18000"`
	Measured    int          `json:"measured" example:"30000"`
} //	@name	IncentiveEarned

// Step is something that became of a holding, and why.
type Step struct {
	At      time.Time `json:"at" format:"date-time" example:"2026-07-15T10:00:00+09:00"`
	What    string    `json:"what" enums:"requested,refused,granted,decreased,taken_back,expired,exchanged" example:"taken_back"`
	Why     string    `json:"why,omitempty" enums:"earned,approved,minutes_reversed,exchange_broken,validity_ended,points_taken_back,voucher_revoked,voucher_used" example:"minutes_reversed"`
	Text    string    `json:"text" example:"인정시간이 취소되어 회수되었습니다."`
	Note    string    `json:"note,omitempty"`
	EntryID *id.ID    `json:"entry_id,omitempty" format:"uuid" swaggertype:"string"` // see /me/hours/entries/{entry_id}; of points_taken_back /me/points/entries
	Before  *int      `json:"before,omitempty" example:"18120"`
	After   *int      `json:"after,omitempty" example:"17640"`
} //	@name	IncentiveStep

// Standing is how a person stands to a programme today.
type Standing struct {
	Programme  Named      `json:"programme"`
	Benefit    Benefit    `json:"benefit"`
	Approval   string     `json:"approval" enums:"none,officer,own_camp" example:"none"`
	Asks       []string   `json:"asks"`
	NeedsCar   bool       `json:"needs_car_plate"`
	Conditions []Progress `json:"conditions"`
	Place      *int       `json:"place,omitempty" example:"3"` // in the last ranking
	Reasons    []Reason   `json:"reasons"`
} //	@name	IncentiveStanding

// Progress is a condition with what it comes to today. Of each requirement one condition is enough.
type Progress struct {
	Requirement int          `json:"requirement" example:"0"`
	Measure     string       `json:"measure" enums:"minutes,visits,active_days" example:"minutes"`
	From        calendar.Day `json:"from" format:"date" swaggertype:"string" extensions:"x-nullable"`
	To          calendar.Day `json:"to" format:"date" swaggertype:"string" example:"2026-07-15"`
	AtLeast     int          `json:"at_least" example:"6000"`
	Measured    int          `json:"measured" example:"4200"`
	Missing     int          `json:"missing" example:"1800"`
} //	@name	IncentiveProgress

// Reason is why one cannot claim.
type Reason struct {
	Code string `json:"code" example:"requirements"`
	Text string `json:"text" example:"아직 채우지 못한 기준이 있습니다."`
} //	@name	IncentiveReason

// Claim is a claim that waits for approval.
type Claim struct {
	ID              id.ID        `json:"id" format:"uuid" swaggertype:"string" example:"01981c5e-7f5e-7cc0-9f43-0d3b8b2f7a10"`
	VolunteerNumber string       `json:"volunteer_number" example:"2026-000123-7"`
	VolunteerName   string       `json:"volunteer_name" example:"홍*동"`
	ClaimedOn       calendar.Day `json:"claimed_on" format:"date" swaggertype:"string" example:"2026-07-15"`
	CarLast         string       `json:"car_last,omitempty" example:"3456"`
} //	@name	IncentiveWaitingClaim

// ClaimPage is a page of claims.
type ClaimPage struct {
	Items []Claim `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	IncentiveClaimPage

// mine tells what one has and could have.
//
//	@ID				getMyIncentives
//	@Summary		What I hold, could claim now, what is next and how much is missing, and what was taken back and why (every volunteer)
//	@Description	Before it is told, what has not been earned any more is taken back, with each entry of the ledger that led there. Texts are in Korean or English by Accept-Language.
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Success		200	{object}	Mine
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"ledger.no_person"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/incentives [get]
func (h Handler) mine(c *gin.Context) {
	m, err := h.service.Mine(c.Request.Context())
	if err != nil {
		problem.Write(c, err)
		return
	}
	lang := problem.Lang(c)
	all := Mine{Day: m.Day, Holdings: make([]Holding, len(m.Holdings)), Claimable: standings(lang, m.Claimable), Next: standings(lang, m.Next),
		Others: standings(lang, m.Others)}
	for i, held := range m.Holdings {
		all.Holdings[i] = h.holding(lang, held.Kept, held.State, held.Programme, held.Terms)
	}
	c.Header("Cache-Control", "no-store")
	c.JSON(http.StatusOK, all)
}

// claim claims a benefit.
//
//	@ID				claimIncentive
//	@Summary		Claim the benefit of a programme (every volunteer, for himself)
//	@Description	Twice is the same holding. Where the terms want approval, the claim waits for it.
//	@Tags			programme
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Param			body	body	ClaimRequest	false	"what the terms ask for"
//	@Success		201	{object}	Holding
//	@Success		200	{object}	Holding	"what one has already"
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"ledger.no_person"
//	@Failure		404	{object}	problem.Problem	"programme.not_found"
//	@Failure		409	{object}	problem.Problem	"programme.not_eligible, programme.closed, programme.car_taken, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/incentives/{programme_id}/claims [post]
func (h Handler) claim(c *gin.Context) {
	programmeID, err := bind.ID(c, "programme_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req ClaimRequest
	if err := bind.JSONIfAny(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	k, made, err := h.service.Claim(c.Request.Context(), programme.Claim{Programme: programmeID, CarPlate: req.CarPlate, Declared: req.Declared})
	if err != nil {
		problem.Write(c, err)
		return
	}
	status := http.StatusOK
	if made {
		status = http.StatusCreated
	}
	h.answerHolding(c, status, k)
}

// approve agrees to a claim.
//
//	@ID				approveIncentiveClaim
//	@Summary		Agree to a claim (centre officers, or the head of the claimant's own camp; not their own, nor those of somebody near to them)
//	@Description	What was earned is counted again.
//	@Tags			programme
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			incentive_claim_id	path	string	true	"claim"	format(uuid)
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Param			body	body	DecisionRequest	false	"a note"
//	@Success		200	{object}	Holding
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"programme.claim_not_found"
//	@Failure		409	{object}	problem.Problem	"programme.claim_state, programme.not_eligible, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-claims/{incentive_claim_id}/approval [post]
func (h Handler) approve(c *gin.Context) { h.decide(c, true) }

// refuse refuses a claim.
//
//	@ID				refuseIncentiveClaim
//	@Summary		Refuse a claim (centre officers, or the head of the claimant's own camp; not their own, nor those of somebody near to them)
//	@Tags			programme
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			incentive_claim_id	path	string	true	"claim"	format(uuid)
//	@Param			Idempotency-Key	header	string	false	"the same key and body is served once"
//	@Param			body	body	DecisionRequest	true	"why"
//	@Success		200	{object}	Holding
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"duty.conflict_of_interest"
//	@Failure		404	{object}	problem.Problem	"programme.claim_not_found"
//	@Failure		409	{object}	problem.Problem	"programme.claim_state, programme.not_eligible, idempotency.in_use"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-claims/{incentive_claim_id}/refusal [post]
func (h Handler) refuse(c *gin.Context) { h.decide(c, false) }

func (h Handler) decide(c *gin.Context, agree bool) {
	claimID, err := bind.ID(c, "incentive_claim_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req DecisionRequest
	if err := bind.JSONIfAny(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	k, err := h.service.Decide(c.Request.Context(), claimID, agree, req.Reason)
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answerHolding(c, http.StatusOK, k)
}

// answerHolding shows a holding with the programme that it is of.
func (h Handler) answerHolding(c *gin.Context, status int, k programme.Kept) {
	w, err := h.reader.One(c.Request.Context(), k.ProgrammeID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	v, _ := w.Number(k.Number)
	c.JSON(status, h.holding(problem.Lang(c), k, k.State, w.Programme, v.Terms))
}

// claims lists claims that wait.
//
//	@ID				listIncentiveClaims
//	@Summary		List claims that wait for approval (centre officers; heads of camps those of their own people, where the camp approves)
//	@Tags			programme
//	@Security		bearer
//	@Produce		json
//	@Param			programme_id	path	string	true	"programme"	format(uuid)
//	@Param			limit	query	int	false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query	string	false	"next of the page before"
//	@Success		200	{object}	ClaimPage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"programme.not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/incentive-programmes/{programme_id}/claims [get]
func (h Handler) claims(c *gin.Context) {
	programmeID, err := bind.ID(c, "programme_id")
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
	found, err := h.service.Claims(c.Request.Context(), programmeID, p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	all := ClaimPage{Items: make([]Claim, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, k := range found.Items {
		all.Items[i] = Claim{k.ID, k.VolunteerNumber, text.Mask(k.VolunteerName), k.ClaimedOn, k.CarLast}
	}
	c.JSON(http.StatusOK, all)
}

func (h Handler) holding(lang i18n.Lang, k programme.Kept, state programme.State, p programme.Programme, t programme.Terms) Holding {
	r := Holding{ID: k.ID, Programme: named(p), Benefit: presentBenefit(t.Benefit), State: string(state),
		StateText: i18n.Text(lang, "programme.state."+string(state), nil), Period: k.Period, ClaimedAt: k.ClaimedAt.In(h.zone),
		ValidFrom: k.ValidFrom, ValidTo: k.ValidTo, CarLast: k.CarLast, VoucherID: k.VoucherID, EarnedBy: make([]Earned, len(k.Bases)), Steps: make([]Step, len(k.Steps))}
	for i, b := range k.Bases {
		r.EarnedBy[i] = Earned{b.Requirement, b.Measure, b.WindowFrom, b.WindowTo, b.AtLeast, b.Measured}
	}
	for i, s := range k.Steps {
		key := "programme.step." + s.What
		if s.Why != "" {
			key += "." + s.Why
		}
		r.Steps[i] = Step{s.At.In(h.zone), s.What, s.Why, i18n.Text(lang, key, nil), s.Note, s.EntryID, s.Before, s.After}
	}
	return r
}

func named(p programme.Programme) Named { return Named{p.ID, p.Code, p.Name, p.NameEn} }

func standings(lang i18n.Lang, all []programme.Standing) []Standing {
	list := make([]Standing, len(all))
	for i, st := range all {
		t := st.Version.Terms
		s := Standing{Programme: named(st.Programme), Benefit: presentBenefit(t.Benefit), Approval: t.Approval, Asks: t.Asks, NeedsCar: t.OnePerCar,
			Conditions: make([]Progress, len(st.Measured)), Reasons: make([]Reason, len(st.Reasons))}
		if s.Asks == nil {
			s.Asks = []string{}
		}
		if st.Place != nil && st.Place.Place > 0 {
			s.Place = &st.Place.Place
		}
		for j, m := range st.Measured {
			s.Conditions[j] = Progress{m.Requirement, m.Measure, m.Span.From, m.Span.To, m.AtLeast, m.Value, m.Missing()}
		}
		for j, reason := range st.Reasons {
			s.Reasons[j] = Reason{reason, i18n.Text(lang, "programme.not_eligible."+reason, nil)}
		}
		list[i] = s
	}
	return list
}
