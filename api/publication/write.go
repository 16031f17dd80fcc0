package publication

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/cube"
	"dure/domain/kernel/auth"
	"dure/domain/publication"
)

// ProposalRequest asks for a year to be published.
type ProposalRequest struct {
	Year     int    `json:"year" example:"2026" validate:"required" minimum:"2000" maximum:"2100"`
	Audience string `json:"audience" enums:"analyst,public" example:"public" validate:"required"`
	Through  string `json:"through" format:"year-month" example:"2026-10"` // the last month contained; the last one that is over where absent
	Note     string `json:"note" example:"2026년 10월까지의 연간 통계" maxLength:"500"`
	Reason   string `json:"reason" example:"월간 공표" validate:"required" maxLength:"500"`
} //	@name	PublicationProposal

// RejectionRequest says why something is not published.
type RejectionRequest struct {
	Reason string `json:"reason" example:"10월 실적이 아직 다 들어오지 않았습니다." validate:"required" maxLength:"500"`
} //	@name	PublicationRejection

// propose asks for a year to be published.
//
//	@ID				proposePublication
//	@Summary		Propose to publish a year (centre officers)
//	@Description	All cubes of a year, or of its months so far, are counted anew as of an instant and protected together: too small cells are
//	@Description	hidden, with those that would give them away. That is work for some seconds; ask the path of the publication how far it is.
//	@Description	Once it is prepared another officer releases it, and it is the newest version of its year and audience.
//	@Tags			publication
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			Idempotency-Key	header		string			false	"the same key and body is served once"
//	@Param			body			body		ProposalRequest	true	"year and audience"
//	@Success		202				{object}	Detail
//	@Header			202				{string}	Location	"path of the publication"
//	@Failure		400				{object}	problem.Problem	"unreadable body"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden"
//	@Failure		409				{object}	problem.Problem	"publication.under_way, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications [post]
func (h Handler) propose(c *gin.Context) {
	var req ProposalRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	cmd := publication.Proposal{Year: req.Year, Audience: publication.Audience(req.Audience), Note: req.Note, Reason: req.Reason}
	if req.Through != "" {
		p, ok := cube.ParsePeriod(req.Through)
		if !ok || p.Key != cube.MonthKey(p.From) {
			problem.Write(c, publication.ErrThrough)
			return
		}
		cmd.Through = p.From
	}
	made, err := h.service.Propose(c.Request.Context(), cmd)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.Header("Location", "/api/v1/statistics/publications/"+made.ID.String())
	h.answer(c, http.StatusAccepted, publication.Listed{Publication: made})
}

// release publishes what another officer proposed.
//
//	@ID				releasePublication
//	@Summary		Publish what another officer proposed (centre officers)
//	@Description	It becomes the newest version of its year and audience, and says which it supersedes; the older one stays, and says so, too.
//	@Description	Where another version was published since it was prepared, it must be rejected and proposed anew.
//	@Tags			publication
//	@Security		bearer
//	@Produce		json
//	@Param			publication_id	path		string	true	"publication"	format(uuid)
//	@Param			Idempotency-Key	header		string	false	"the same key is served once"
//	@Success		200				{object}	Detail
//	@Failure		400				{object}	problem.Problem	"unreadable path"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"publication.not_found"
//	@Failure		409				{object}	problem.Problem	"publication.not_prepared, publication.state, publication.superseded, idempotency.in_use"
//	@Failure		422				{object}	problem.Problem	"idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications/{publication_id}/release [post]
func (h Handler) release(c *gin.Context) {
	publicationID, err := bind.ID(c, "publication_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.decided(c)(h.service.Release(c.Request.Context(), publicationID))
}

// reject ends what another officer proposed.
//
//	@ID				rejectPublication
//	@Summary		Refuse to publish what another officer proposed (centre officers)
//	@Tags			publication
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			publication_id	path		string				true	"publication"	format(uuid)
//	@Param			Idempotency-Key	header		string				false	"the same key and body is served once"
//	@Param			body			body		RejectionRequest	true	"why"
//	@Success		200				{object}	Detail
//	@Failure		400				{object}	problem.Problem	"unreadable body or path"
//	@Failure		401				{object}	problem.Problem	"auth.sign_in"
//	@Failure		403				{object}	problem.Problem	"auth.forbidden, duty.conflict_of_interest"
//	@Failure		404				{object}	problem.Problem	"publication.not_found"
//	@Failure		409				{object}	problem.Problem	"publication.not_prepared, publication.state, idempotency.in_use"
//	@Failure		413				{object}	problem.Problem	"request.too_large"
//	@Failure		415				{object}	problem.Problem	"request.media_type"
//	@Failure		422				{object}	problem.Problem	"request.invalid, idempotency.reused"
//	@Failure		503				{object}	problem.Problem	"busy, try again"
//	@Router			/statistics/publications/{publication_id}/rejection [post]
func (h Handler) reject(c *gin.Context) {
	publicationID, err := bind.ID(c, "publication_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req RejectionRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	h.decided(c)(h.service.Reject(c.Request.Context(), publicationID, req.Reason))
}

func (h Handler) decided(c *gin.Context) func(publication.Publication, error) {
	return func(p publication.Publication, err error) {
		if err != nil {
			problem.Write(c, err)
			return
		}
		h.answer(c, http.StatusOK, publication.Listed{Publication: p})
	}
}

// answer shows a publication; how it came about is for the centre.
func (h Handler) answer(c *gin.Context, status int, l publication.Listed) {
	w := wordsFor(c)
	d := Detail{Item: h.item(l), Definition: w.definition(l), Cubes: w.cubes()}
	if !l.PopulationOf.IsZero() {
		month := cube.MonthKey(l.PopulationOf)
		d.PopulationAsOf = &month
	}
	if auth.From(c.Request.Context()).Is(auth.CentreOfficer) {
		d.Centre = h.process(l)
	}
	c.Header("Vary", "Accept-Language")
	c.Header("Content-Language", string(w.Lang))
	c.JSON(status, d)
}

func (h Handler) process(l publication.Listed) *Process {
	p := Process{Reason: l.Reason, ProposedBy: l.ProposedBy, ProposedAt: l.ProposedAt.In(h.zone), DecidedBy: l.DecidedBy, DecidedAt: h.at(l.DecidedAt),
		Decision: l.Decision, Failure: l.Failure, Report: map[string]int{}}
	if l.Report != "" {
		if err := json.Unmarshal([]byte(l.Report), &p.Report); err != nil {
			panic(err) // it was written by this program
		}
	}
	return &p
}
