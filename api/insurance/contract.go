package insurance

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/insurance"
	"dure/domain/kernel/calendar"
)

// Request is a contract with its first version.
type Request struct {
	Insurer    string       `json:"insurer" example:"삼성화재" maxLength:"100" validate:"required"`
	Number     string       `json:"number" example:"2026-종합-0501" maxLength:"100" validate:"required"`
	StartsOn   calendar.Day `json:"starts_on" format:"date" swaggertype:"string" example:"2026-05-01" validate:"required"`
	EndsOn     calendar.Day `json:"ends_on" format:"date" swaggertype:"string" example:"2027-04-30" validate:"required"` // the last day
	Reference  string       `json:"reference" example:"행정안전부 자원봉사 종합보험 안내" maxLength:"500"`
	Conditions Conditions   `json:"conditions" validate:"required"`
	Items      []Item       `json:"items" validate:"required" minItems:"1" maxItems:"200"`
} //	@name	InsuranceContractRequest

// AmendRequest is a new version.
type AmendRequest struct {
	EffectiveFrom calendar.Day `json:"effective_from" format:"date" swaggertype:"string" example:"2026-08-01" validate:"required"`
	Reason        string       `json:"reason" example:"온열질환 추가" maxLength:"500" validate:"required"`
	Conditions    *Conditions  `json:"conditions" extensions:"x-nullable"`                    // as before when they are not told
	Items         []Item       `json:"items" validate:"required" minItems:"1" maxItems:"200"` // all that are covered from then on
} //	@name	InsuranceVersionRequest

// Page is a page of contracts.
type Page struct {
	Items []Head  `json:"items"`
	Next  *string `json:"next" extensions:"x-nullable"`
} //	@name	InsuranceContractPage

func (c Conditions) domain() insurance.Conditions {
	return insurance.Conditions{ConsentRequired: c.ConsentRequired, MinimumAge: c.MinimumAge, MaximumAge: c.MaximumAge, Online: c.Online,
		Paper: c.Paper, TravelBeforeMinutes: c.TravelBeforeMinutes, TravelAfterMinutes: c.TravelAfterMinutes}
}

func toDomain(list []Item) (items []insurance.Item, papers [][]insurance.Paper) {
	items, papers = make([]insurance.Item, len(list)), make([][]insurance.Paper, len(list))
	for i, r := range list {
		items[i] = insurance.Item{Kind: r.Kind, NameKo: r.NameKo, NameEn: r.NameEn, LimitWon: r.LimitWon, Unit: r.Unit, MaxDays: r.MaxDays,
			AgeFrom: r.AgeFrom, AgeTo: r.AgeTo, DeductibleWon: r.DeductibleWon, EffectiveFrom: r.EffectiveFrom, EffectiveTo: r.EffectiveTo}
		for _, p := range r.Papers {
			papers[i] = append(papers[i], insurance.Paper{Code: p.Code, NameKo: p.NameKo, NameEn: p.NameEn})
		}
	}
	return items, papers
}

// list gives the contracts.
//
//	@ID				listInsuranceContracts
//	@Summary		List the contracts of insurance, the newest first (everybody signed in)
//	@Tags			insurance
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200		{object}	Page
//	@Failure		400		{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401		{object}	problem.Problem	"auth.sign_in"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/insurance-contracts [get]
func (h Handler) list(c *gin.Context) {
	q := bind.NewQuery(c, "limit", "after")
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := h.contracts.List(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := Page{Items: make([]Head, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, contract := range found.Items {
		answer.Items[i] = presentHead(contract)
	}
	c.JSON(http.StatusOK, answer)
}

// get gives one contract.
//
//	@ID				getInsuranceContract
//	@Summary		Read a contract of insurance with all its versions (everybody signed in)
//	@Description	On a day the highest version counts whose effective_from is not after it.
//	@Tags			insurance
//	@Security		bearer
//	@Produce		json
//	@Param			contract_id	path		string	true	"contract"	format(uuid)
//	@Success		200			{object}	Response
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		404			{object}	problem.Problem	"insurance.contract_not_found"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/insurance-contracts/{contract_id} [get]
func (h Handler) get(c *gin.Context) {
	contractID, err := bind.ID(c, "contract_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	whole, err := h.contracts.Whole(c.Request.Context(), contractID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, present(whole))
}

// enter keeps a contract.
//
//	@ID				enterInsuranceContract
//	@Summary		Enter a contract of insurance with all that it covers (centre officers)
//	@Description	No two contracts cover the same day. A contract is never changed: what it covers is changed by a new version.
//	@Tags			insurance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string	false	"the same key and body is served once"
//	@Param			body			body		Request	true	"the contract"
//	@Success		201				{object}	Response
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"insurance.contract_overlap, insurance.number_taken"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/insurance-contracts [post]
func (h Handler) enter(c *gin.Context) {
	var req Request
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	d := insurance.Draft{Conditions: req.Conditions.domain()}
	d.Items, d.Papers = toDomain(req.Items)
	contract := insurance.Contract{Insurer: req.Insurer, Number: req.Number, StartsOn: req.StartsOn, EndsOn: req.EndsOn, Reference: req.Reference}
	whole, err := h.service.Enter(c.Request.Context(), contract, d)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", c.Request.URL.Path+"/"+whole.ID.String())
	c.JSON(http.StatusCreated, present(whole))
}

// amend keeps a new version.
//
//	@ID				amendInsuranceContract
//	@Summary		Change what a contract of insurance covers from a day on (centre officers)
//	@Description	This makes a version: its items are all that are covered from then on. Amounts go up and down; what was before stays as it is written.
//	@Tags			insurance
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			contract_id		path		string			true	"contract"	format(uuid)
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		AmendRequest	true	"the version"
//	@Success		201				{object}	Version
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		404				{object}	problem.Problem	"insurance.contract_not_found"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/insurance-contracts/{contract_id}/items [post]
func (h Handler) amend(c *gin.Context) {
	contractID, err := bind.ID(c, "contract_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req AmendRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	cmd := insurance.Amendment{ContractID: contractID, EffectiveFrom: req.EffectiveFrom, Reason: req.Reason}
	cmd.Items, cmd.Papers = toDomain(req.Items)
	if req.Conditions != nil {
		conditions := req.Conditions.domain()
		cmd.Conditions = &conditions
	}
	version, err := h.service.Amend(c.Request.Context(), cmd)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, presentVersion(version))
}
