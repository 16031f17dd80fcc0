package award

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/award"
	"dure/domain/kernel/auth"
	"dure/domain/kernel/calendar"
	"dure/domain/kernel/id"
	"dure/domain/kernel/page"
	"dure/domain/kernel/text"
)

// NominationResponse is where a nomination stands.
type NominationResponse struct {
	ID           id.ID         `json:"id" format:"uuid" swaggertype:"string"`
	RoundID      id.ID         `json:"round_id" format:"uuid" swaggertype:"string"`
	CategoryCode string        `json:"category_code" example:"individual"`
	State        award.State   `json:"state" swaggertype:"string" enums:"open,submitted,proposed,awarded,declined,withdrawn" example:"open"`
	Supports     int           `json:"supports" example:"2" minimum:"0" maximum:"5"` // the fifth submits it
	Consent      award.Consent `json:"consent" swaggertype:"string" enums:"asked,granted,refused" example:"asked"`
	Published    bool          `json:"published" example:"false"` // the nominee wants to be named
	NominatedAt  time.Time     `json:"nominated_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	Outcome      *award.State  `json:"outcome" swaggertype:"string" enums:"awarded,declined" extensions:"x-nullable"` // proposed or decided; only the centre sees what is proposed
	GradeCode    *string       `json:"grade_code" extensions:"x-nullable" example:"commendation"`
	DecidedAt    *time.Time    `json:"decided_at" format:"date-time" extensions:"x-nullable"`
} //	@name	Nomination

// present shows a nomination; who is not of the centre learns what becomes of it when it is decided.
func present(n award.Nomination, centre bool) NominationResponse {
	r := NominationResponse{ID: n.ID, RoundID: n.RoundID, CategoryCode: n.CategoryCode, State: n.State, Supports: n.Supports, Consent: n.Consent,
		Published: n.Published, NominatedAt: n.NominatedAt, DecidedAt: n.DecidedAt}
	if n.Outcome != "" && (centre || n.DecidedAt != nil) {
		r.Outcome = &n.Outcome
		if n.GradeCode != "" {
			r.GradeCode = &n.GradeCode
		}
	}
	if !centre && n.State == award.Proposed {
		r.State = award.Submitted
	}
	return r
}

// NominationListed is a nomination in a list.
type NominationListed struct {
	NominationResponse
	RoundName     string `json:"round_name" example:"대한민국 자원봉사대상"`
	Year          int    `json:"year" example:"2026"`
	CategoryKo    string `json:"category_ko" example:"개인"`
	CategoryEn    string `json:"category_en" example:"Individuals"`
	NomineeName   string `json:"nominee_name" example:"홍*동"`
	NominatorName string `json:"nominator_name" example:"김*수"`
	AboutMe       bool   `json:"about_me" example:"false"` // the caller is the nominee
} //	@name	NominationListed

func presentListed(l award.Listed, p auth.Principal) NominationListed {
	return NominationListed{NominationResponse: present(l.Nomination, award.CanRun(p) == nil), RoundName: l.RoundName, Year: l.Year,
		CategoryKo: l.CategoryKo, CategoryEn: l.CategoryEn, NomineeName: text.Mask(l.NomineeName), NominatorName: text.Mask(l.NominatorName),
		AboutMe: l.NomineeID == p.VolunteerID}
}

// NominationPage is a page of nominations.
type NominationPage struct {
	Items []NominationListed `json:"items"`
	Next  *string            `json:"next" extensions:"x-nullable"`
} //	@name	NominationPage

// NominationStep is one act about a nomination.
type NominationStep struct {
	Number     int                      `json:"number" example:"1"`
	Kind       award.NominationStepKind `json:"kind" swaggertype:"string" enums:"nominated,supported,consent_granted,consent_refused,found_pass,found_fail,proposed,refused,awarded,declined,withdrawn" example:"nominated"`
	HappenedAt time.Time                `json:"happened_at" format:"date-time" example:"2026-07-15T01:00:00Z"`
	ByMe       bool                     `json:"by_me" example:"false"`
	Code       string                   `json:"code" example:"criminal-record"` // question or grade
	Reason     string                   `json:"reason" example:"공적이 뚜렷합니다."`
} //	@name	NominationStep

// Finding is what was found about a question.
type Finding struct {
	QuestionCode string       `json:"question_code" example:"criminal-record"`
	Passed       bool         `json:"passed" example:"true"`
	CheckedOn    calendar.Day `json:"checked_on" format:"date" swaggertype:"string" example:"2026-09-10"`
	FoundAt      time.Time    `json:"found_at" format:"date-time" example:"2026-09-10T01:00:00Z"`
	FoundBy      id.ID        `json:"found_by" format:"uuid" swaggertype:"string"` // account
} //	@name	NominationFinding

// Document is evidence that the nominator handed in; GET /documents/{document_id} gives it to him and to the centre.
type Document struct {
	ID          id.ID  `json:"id" format:"uuid" swaggertype:"string"`
	ContentType string `json:"content_type" example:"image/jpeg"`
	Size        int64  `json:"size" format:"int64" example:"184320"` // bytes
} //	@name	NominationDocument

// NominationStory is a nomination with all that belongs to it. What was found and proposed only the centre sees.
type NominationStory struct {
	NominationListed
	Achievements string           `json:"achievements" example:"12년 동안 매주 경로당 급식을 도왔습니다."`
	Steps        []NominationStep `json:"steps"`
	Findings     []Finding        `json:"findings"`
	Documents    []Document       `json:"documents"`
} //	@name	NominationStory

func presentStory(s award.Story, whole bool, p auth.Principal) NominationStory {
	story := NominationStory{NominationListed: presentListed(s.Listed, p), Achievements: s.Achievements, Steps: []NominationStep{},
		Findings: []Finding{}, Documents: []Document{}}
	if !whole {
		return story
	}
	centre := award.CanRun(p) == nil
	for _, step := range s.Told {
		if centre || step.Told() {
			story.Steps = append(story.Steps, NominationStep{Number: step.Number, Kind: step.Kind, HappenedAt: step.HappenedAt,
				ByMe: step.AccountID == p.AccountID, Code: step.Code, Reason: step.Reason})
		}
	}
	if centre {
		for _, f := range s.Found {
			story.Findings = append(story.Findings, Finding{f.QuestionCode, f.Passed, f.CheckedOn, f.FoundAt, f.FoundBy})
		}
	}
	if centre || p.VolunteerID == s.NominatorID {
		for _, d := range s.Documents {
			story.Documents = append(story.Documents, Document{d.ID, d.ContentType, d.Size})
		}
	}
	return story
}

// listOfRound lists a round's nominations.
//
//	@ID				listNominations
//	@Summary		List the nominations of a round (centre officers)
//	@Description	Newest first; names are masked. Whose they are is kept as looked at.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Param			round_id	path	string	true	"round"	format(uuid)
//	@Param			state	query	string	false	"only this state"	Enums(open, submitted, proposed, awarded, declined, withdrawn)
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200	{object}	NominationPage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"auth.forbidden"
//	@Failure		404	{object}	problem.Problem	"award.round_not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/award-rounds/{round_id}/nominations [get]
func (h Handler) listOfRound(c *gin.Context) {
	roundID, err := bind.ID(c, "round_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	q := bind.NewQuery(c, "state", "limit", "after")
	choices := []string{""}
	for _, s := range award.States() {
		choices = append(choices, string(s))
	}
	f := award.Filter{State: award.State(q.OneOf("state", choices...))}
	pages(c, q, func(ctx context.Context, p page.Request) (page.Page[award.Listed], error) {
		return h.service.OfRound(ctx, roundID, f, p)
	})
}

// listMine lists one's nominations.
//
//	@ID				listMyNominations
//	@Summary		List whom one has nominated, and what one was nominated in (every volunteer)
//	@Description	Newest first; the names of others are masked.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Param			limit	query		int		false	"rows of a page"	default(20)	minimum(1)	maximum(100)
//	@Param			after	query		string	false	"next of the page before"
//	@Success		200	{object}	NominationPage
//	@Failure		400	{object}	problem.Problem	"unreadable query or cursor"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		403	{object}	problem.Problem	"award.no_person"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/me/nominations [get]
func (h Handler) listMine(c *gin.Context) {
	pages(c, bind.NewQuery(c, "limit", "after"), h.service.MyNominations)
}

// pages answers with a page of a list.
func pages(c *gin.Context, q *bind.Query, list func(context.Context, page.Request) (page.Page[award.Listed], error)) {
	p := q.Page()
	if q.Err() != nil {
		problem.Write(c, q.Err())
		return
	}
	found, err := list(c.Request.Context(), p)
	if err != nil {
		problem.Write(c, err)
		return
	}
	answer := NominationPage{Items: make([]NominationListed, len(found.Items)), Next: q.Cursor(found.Next)}
	for i, l := range found.Items {
		answer.Items[i] = presentListed(l, auth.From(c.Request.Context()))
	}
	c.JSON(http.StatusOK, answer)
}

// get shows a nomination.
//
//	@ID				getNomination
//	@Summary		Read a nomination with its whole story (who nominated, the nominee, supporters, the centre; while it looks for supporters, everybody with its id)
//	@Description	Who has no part in it yet sees what it says, and nothing of its story. Names are masked. That others than nominator and nominee looked is kept.
//	@Tags			award
//	@Security		bearer
//	@Produce		json
//	@Param			nomination_id	path	string	true	"nomination"	format(uuid)
//	@Success		200	{object}	NominationStory
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		404	{object}	problem.Problem	"award.nomination_not_found"
//	@Failure		503	{object}	problem.Problem	"busy, try again"
//	@Router			/nominations/{nomination_id} [get]
func (h Handler) get(c *gin.Context) {
	nominationID, err := bind.ID(c, "nomination_id")
	if err != nil {
		problem.Write(c, err)
		return
	}
	story, whole, err := h.service.Get(c.Request.Context(), nominationID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentStory(story, whole, auth.From(c.Request.Context())))
}
