package account

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"dure/api/bind"
	"dure/api/problem"
	"dure/domain/kernel/auth"
	"dure/domain/volunteer"
)

// EditRequest names what changes; absent members stay, an empty mobile or email is taken away.
type EditRequest struct {
	Name       *string   `json:"name" example:"홍길동"`
	Sex        *string   `json:"sex" enums:"female,male,undisclosed" example:"male"`
	RegionCode *string   `json:"region_code" example:"1221052500"`
	Mobile     *string   `json:"mobile" example:"010-1234-5678"`
	Email      *string   `json:"email" example:"gildong@example.kr"`
	Consents   []Consent `json:"consents"`
} //	@name	MeEdit

// PasswordRequest replaces a password.
type PasswordRequest struct {
	CurrentPassword string `json:"current_password" format:"password" example:"봄바람 부는 무등산" validate:"required"`
	NewPassword     string `json:"new_password" format:"password" example:"가을비 내리는 영산강" validate:"required" minLength:"8" maxLength:"128"`
} //	@name	PasswordChange

// me shows the account that asks.
//
//	@ID			getMe
//	@Summary	Read one's own account (anybody signed in)
//	@Tags		account
//	@Security	bearer
//	@Produce	json
//	@Success	200	{object}	Me
//	@Header		200	{string}	ETag	"version, for If-Match"
//	@Failure	401	{object}	problem.Problem	"auth.sign_in"
//	@Failure	503	{object}	problem.Problem	"busy, try again"
//	@Router		/me [get]
func (h Handler) me(c *gin.Context) {
	c.Request.Header.Del("If-None-Match") // the version tells nothing of the roles, so nobody is told that all is as it was
	h.answer(c)
}

func (h Handler) answer(c *gin.Context) {
	p := auth.From(c.Request.Context())
	profile, err := h.accounts.Profile(c.Request.Context(), p.AccountID)
	if err != nil {
		problem.Write(c, err)
		return
	}
	if profile.Person != nil {
		c.Header("ETag", bind.ETag(profile.Person.Version))
	}
	c.JSON(http.StatusOK, present(profile, p.Grants))
}

// edit changes the person's own record.
//
//	@ID				editMe
//	@Summary		Change one's own record (anybody signed in)
//	@Description	A new region counts from today. Consents are answered anew; those that everybody must give cannot be taken back here.
//	@Tags			account
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			If-Match	header		string		true	"ETag of the account as it was read"
//	@Param			body		body		EditRequest	true	"what changes"
//	@Success		200			{object}	Me
//	@Header			200			{string}	ETag	"version, for If-Match"
//	@Failure		400			{object}	problem.Problem	"unreadable body"
//	@Failure		401			{object}	problem.Problem	"auth.sign_in"
//	@Failure		409			{object}	problem.Problem	"volunteer.no_person, volunteer.consent_required"
//	@Failure		412			{object}	problem.Problem	"request.changed"
//	@Failure		413			{object}	problem.Problem	"request.too_large"
//	@Failure		415			{object}	problem.Problem	"request.media_type"
//	@Failure		422			{object}	problem.Problem	"request.invalid, volunteer.consent_missing"
//	@Failure		428			{object}	problem.Problem	"request.if_match"
//	@Failure		503			{object}	problem.Problem	"busy, try again"
//	@Router			/me [patch]
func (h Handler) edit(c *gin.Context) {
	version, err := bind.IfMatch(c)
	if err != nil {
		problem.Write(c, err)
		return
	}
	var req EditRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	err = h.volunteers.Change(c.Request.Context(), volunteer.Change{
		Version: version, Name: req.Name, Sex: (*volunteer.Sex)(req.Sex), RegionCode: req.RegionCode,
		Mobile: req.Mobile, Email: req.Email, Consents: consents(req.Consents),
	})
	if err != nil {
		problem.Write(c, err)
		return
	}
	h.answer(c)
}

// password replaces the password.
//
//	@ID				changePassword
//	@Summary		Change one's own password (anybody signed in)
//	@Description	All other sessions of the account end.
//	@Tags			account
//	@Security		bearer
//	@Accept			json
//	@Produce		json
//	@Param			body	body	PasswordRequest	true	"the password as it is and as it shall be"
//	@Success		204
//	@Failure		400	{object}	problem.Problem	"unreadable body"
//	@Failure		401	{object}	problem.Problem	"auth.sign_in"
//	@Failure		413	{object}	problem.Problem	"request.too_large"
//	@Failure		415	{object}	problem.Problem	"request.media_type"
//	@Failure		422	{object}	problem.Problem	"request.invalid, account.wrong_password"
//	@Failure		503	{object}	problem.Problem	"account.busy, or busy otherwise: try again"
//	@Router			/me/password [put]
func (h Handler) password(c *gin.Context) {
	var req PasswordRequest
	if err := bind.JSON(c, &req); err != nil {
		problem.Write(c, err)
		return
	}
	if err := h.service.ChangePassword(c.Request.Context(), req.CurrentPassword, req.NewPassword); err != nil {
		problem.Write(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
