package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/account"
	"dure/domain/kernel/calendar"
	"dure/domain/volunteer"
)

// RegisterRequest is how somebody joins.
type RegisterRequest struct {
	Login      string       `json:"login" example:"gildong@example.kr" validate:"required" maxLength:"254"`
	Password   string       `json:"password" format:"password" example:"봄바람 부는 무등산" validate:"required" minLength:"8" maxLength:"128"`
	Name       string       `json:"name" example:"홍길동" validate:"required" maxLength:"100"`
	BirthDate  calendar.Day `json:"birth_date" format:"date" swaggertype:"string" example:"1987-03-14" validate:"required"`
	Sex        string       `json:"sex" enums:"female,male,undisclosed" example:"male" validate:"required"`
	RegionCode string       `json:"region_code" example:"1221052500" validate:"required"`
	Consents   []Consent    `json:"consents" validate:"required"`
	Guardian   *Guardian    `json:"guardian"`
	Claim      *Claim       `json:"claim"`
} //	@name	Registration

// Guardian consents for a person under 14; not kept for others.
type Guardian struct {
	Name     string `json:"name" example:"홍판서" validate:"required" maxLength:"100"`
	Mobile   string `json:"mobile" example:"010-1234-5678" validate:"required"`
	Relation string `json:"relation" example:"부" validate:"required" maxLength:"20"`
} //	@name	Guardian

// Claim makes a record that a camp made on paper one's own, with the code that the camp handed out.
type Claim struct {
	VolunteerNumber string `json:"volunteer_number" example:"4821-9374" validate:"required"`
	ClaimCode       string `json:"claim_code" example:"7K3M-9QWX-2B4D" validate:"required"`
} //	@name	Claim

// SignInRequest is what one signs in with.
type SignInRequest struct {
	Login    string `json:"login" example:"gildong@example.kr" validate:"required"`
	Password string `json:"password" format:"password" example:"봄바람 부는 무등산" validate:"required"`
} //	@name	SignIn

// RefreshRequest trades a refresh token.
type RefreshRequest struct {
	RefreshToken string `json:"refresh_token" example:"5f0c9d…" validate:"required"`
} //	@name	RefreshTrade

// register makes an account.
//
//	@ID				register
//	@Summary		Register as a volunteer (anybody)
//	@Description	The login is an e-mail address or a Korean mobile number. Consents to terms and privacy are needed in the version in force.
//	@Description	Under 14 a guardian is needed, and the account waits (pending_guardian) until the guardian's consent is confirmed.
//	@Description	With claim, a record that a camp made on paper is taken over instead of making a new one: name and day of birth must agree with it.
//	@Tags			account
//	@Accept			json
//	@Produce		json
//	@Param			body	body		RegisterRequest	true	"the person and his login"
//	@Success		201		{object}	Registered
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		409		{object}	problem.Problem	"account.login_taken"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		422		{object}	problem.Problem	"request.invalid, volunteer.consent_missing, account.claim_refused"
//	@Failure		429		{object}	problem.Problem	"request.rate"
//	@Failure		503		{object}	problem.Problem	"account.busy, or busy otherwise: try again"
//	@Router			/auth/register [post]
func (h Handler) register(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	var req RegisterRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	signed, err := h.service.Register(c.Request.Context(), req.command())
	if err != nil {
		problem.Write(c, err)
		return
	}
	profile, err := h.accounts.Profile(c.Request.Context(), signed.AccountID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusCreated, Registered{Tokens: presentTokens(signed), Account: present(profile, nil)})
}

func (r RegisterRequest) command() account.Register {
	cmd := account.Register{Login: r.Login, Password: r.Password, Person: volunteer.Person{
		Name: r.Name, BirthDate: r.BirthDate, Sex: volunteer.Sex(r.Sex), RegionCode: r.RegionCode, Consents: consents(r.Consents)}}
	if r.Guardian != nil {
		cmd.Person.Guardian = &volunteer.Guardian{Name: r.Guardian.Name, Mobile: r.Guardian.Mobile, Relation: r.Guardian.Relation}
	}
	if r.Claim != nil {
		cmd.Claim = &volunteer.Claim{Number: r.Claim.VolunteerNumber, Code: r.Claim.ClaimCode}
	}
	return cmd
}

// login opens a session.
//
//	@ID				login
//	@Summary		Sign in (anybody with an account)
//	@Description	After five wrong tries a login is not looked at for fifteen minutes; the answer does not tell.
//	@Tags			account
//	@Accept			json
//	@Produce		json
//	@Param			body	body		SignInRequest	true	"login and password"
//	@Success		200		{object}	Tokens
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"account.wrong_login"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		429		{object}	problem.Problem	"request.rate"
//	@Failure		503		{object}	problem.Problem	"account.busy, or busy otherwise: try again"
//	@Router			/auth/login [post]
func (h Handler) login(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	var req SignInRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	signed, err := h.service.SignIn(c.Request.Context(), req.Login, req.Password)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentTokens(signed))
}

// refresh trades a refresh token.
//
//	@ID				refresh
//	@Summary		Trade a refresh token for new tokens (anybody who holds one)
//	@Description	A refresh token is good once, for 14 days, and for 30 days from signing in. Used twice, it ends the session.
//	@Tags			account
//	@Accept			json
//	@Produce		json
//	@Param			body	body		RefreshRequest	true	"the refresh token"
//	@Success		200		{object}	Tokens
//	@Failure		400		{object}	problem.Problem	"unreadable body"
//	@Failure		401		{object}	problem.Problem	"account.refresh_refused"
//	@Failure		413		{object}	problem.Problem	"request.too_large"
//	@Failure		415		{object}	problem.Problem	"request.media_type"
//	@Failure		429		{object}	problem.Problem	"request.rate"
//	@Failure		503		{object}	problem.Problem	"busy, try again"
//	@Router			/auth/refresh [post]
func (h Handler) refresh(c *gin.Context) {
	c.Header("Cache-Control", "no-store")
	var req RefreshRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	signed, err := h.service.Refresh(c.Request.Context(), req.RefreshToken)
	if err != nil {
		problem.Write(c, err)
		return
	}
	c.JSON(http.StatusOK, presentTokens(signed))
}

// logout ends the session.
//
//	@ID			logout
//	@Summary	Sign out on this device (anybody signed in)
//	@Tags		account
//	@Security	bearer
//	@Produce	json
//	@Success	204
//	@Failure	401	{object}	problem.Problem	"auth.sign_in"
//	@Failure	503	{object}	problem.Problem	"busy, try again"
//	@Router		/auth/logout [post]
func (h Handler) logout(c *gin.Context) {
	if err := h.service.SignOut(c.Request.Context()); err != nil {
		problem.Write(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
