package pages

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/internal/web"
)

// spaced sets a space after every fourth letter.
func spaced(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func digits(n int) string { return strconv.Itoa(n) }

// roleNames are the roles as people call them, with what each may do.
var roleNames = map[access.Role][]web.Words{
	access.Member:     {"Member", "sees and does what is his own"},
	access.Adviser:    {"Adviser", "of the members: their activities, invoices and cases"},
	access.Accountant: {"Accountant", "the books, payments, reports"},
	access.Manager:    {"Manager", "all of the co-operative, and who may come in"},
	access.Auditor:    {"Auditor", "reads everything and changes nothing"},
	access.Board:      {"Board member", "totals and the investment plan, never a person"},
	access.Operator:   {"Operator", "the hub, its channels, and who may come in"},
}

// roleChoice is a box to tick.
type roleChoice struct {
	Role       access.Role
	Name, Does string
	On         bool
}

func choices(p contracts.PartyID, on []access.Role) []roleChoice {
	var all []roleChoice
	for _, r := range access.Roles(p) {
		all = append(all, roleChoice{r, roleNames[r][0], roleNames[r][1], slices.Contains(on, r)})
	}
	return all
}

// chosen reads the boxes.
func chosen(f form) []access.Role {
	var roles []access.Role
	for _, r := range f.values["role"] {
		roles = append(roles, access.Role(r))
	}
	return roles
}

// named writes roles for people.
func named(l *web.Locale, roles []access.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		if names[i] = string(r); roleNames[r] != nil {
			names[i] = l.T(roleNames[r][0])
		}
	}
	return strings.Join(names, ", ")
}

type personRow struct {
	account.Account
	RoleNames string
}

type peoplePage struct {
	Form    form
	Rows    []personRow
	Roles   []roleChoice
	Members bool // members can be invited
	May     bool // who looks lets people in
	Invited *account.Invitation
}

// people lists the accounts.
func (p Pages) people(c echo.Context) error { return p.showPeople(c, http.StatusOK, blankForm(), nil) }

func (p Pages) showPeople(c echo.Context, status int, f form, invited *account.Invitation) error {
	all, err := p.Accounts.List(c.Request().Context())
	if err != nil {
		return err
	}
	page := peoplePage{Form: f, Roles: choices(p.Accounts.Party, chosen(f)), Members: p.Accounts.Member != nil, May: doorkeepers.Lets(web.PrincipalOf(c)), Invited: invited}
	for _, a := range all {
		page.Rows = append(page.Rows, personRow{a, named(web.LocaleOf(c), a.Roles)})
	}
	return p.Render(c, status, "door-people", web.Page{Title: web.LocaleOf(c).T("People"), Lead: web.LocaleOf(c).T("Who may come in, and for what."), Body: page})
}

// invite makes an account, and mails or shows its link.
func (p Pages) invite(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	invited, err := p.invited(c, f)
	if err != nil {
		if other := f.refused(err); other != nil {
			return other
		}
		return p.showPeople(c, statusOf(c, err), f, nil)
	}
	return p.showPeople(c, http.StatusOK, blankForm(), &invited)
}

func (p Pages) invited(c echo.Context, f form) (account.Invitation, error) {
	ctx := c.Request().Context()
	person := account.Person{Name: f.get("name"), Email: f.get("email"), Roles: chosen(f)}
	var err error
	if person.Member, err = p.memberOf(c, f); err != nil {
		return account.Invitation{}, err
	}
	return p.Accounts.Invite(ctx, p.Accounts.From(c), person)
}

// memberOf finds the member that a form names by his reference.
func (p Pages) memberOf(c echo.Context, f form) (string, error) {
	if f.get("member") == "" || p.Accounts.Member == nil {
		return "", nil
	}
	id, _, err := p.Accounts.Member(c.Request().Context(), f.get("member"))
	return id, err
}

type personPage struct {
	Form     form
	Ways     []web.Words // by which the person comes in
	Done     string
	Who      account.Account
	Roles    []roleChoice
	Members  bool
	May      bool
	Sessions []account.Session
	Events   []eventRow
	Invited  *account.Invitation
}

// person shows an account.
func (p Pages) person(c echo.Context) error { return p.showPerson(c, http.StatusOK, blankForm(), nil) }

func (p Pages) showPerson(c echo.Context, status int, f form, invited *account.Invitation) error {
	ctx := c.Request().Context()
	who, err := p.Accounts.Account(ctx, c.Param("id"))
	if err != nil {
		return known(err)
	}
	page := personPage{Form: f, Done: doneWords[c.QueryParam("done")], Who: who, Ways: waysIn(who), Roles: choices(p.Accounts.Party, who.Roles), Members: p.Accounts.Member != nil,
		May: doorkeepers.Lets(web.PrincipalOf(c)) && !who.Demonstration, Invited: invited}
	if page.Sessions, err = p.Accounts.Sessions(ctx, who.ID); err != nil {
		return err
	}
	events, err := p.Accounts.Events(ctx, who.ID, 50)
	if err != nil {
		return err
	}
	page.Events = eventRows(web.LocaleOf(c), events, nil)
	return p.Render(c, status, "door-person", web.Page{Title: who.Name, Lead: who.Email, Crumbs: []web.Link{{Text: web.LocaleOf(c).T("People"), URL: "/people"}, {Text: who.Name}}, Body: page})
}

// waysIn says by what somebody comes in.
func waysIn(who account.Account) []web.Words {
	if who.Demonstration {
		return []web.Words{"a button of the demonstration"}
	}
	var ways []web.Words
	has := []bool{who.HasPassword, who.HasCodes, who.Passkeys > 0, who.AtProvider}
	for i, way := range []web.Words{"password", "codes", "passkey", "identity provider"} {
		if has[i] {
			ways = append(ways, way)
		}
	}
	if len(ways) == 0 {
		return []web.Words{"an invitation that is not taken up"}
	}
	return ways
}

// act does something to an account and leads back to it.
func (p Pages) act(c echo.Context, done string, do func(from account.Asker, id string) error) error {
	if err := do(p.Accounts.From(c), c.Param("id")); err != nil {
		return known(err)
	}
	return doneAt(c, "/people/"+c.Param("id"), done)
}

// setRoles changes what somebody may do. A member stays the member he is, unless another is named.
func (p Pages) setRoles(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	return p.act(c, "roles", func(from account.Asker, id string) error {
		ctx := c.Request().Context()
		who, err := p.Accounts.Account(ctx, id)
		if err != nil {
			return err
		}
		member, err := p.memberOf(c, f)
		if err != nil {
			return err
		}
		if member == "" && slices.Contains(chosen(f), access.Member) {
			member = who.Member
		}
		return p.Accounts.SetRoles(ctx, from, id, chosen(f), member)
	})
}

// inviteAnew takes away what let somebody in, and sends a new link.
func (p Pages) inviteAnew(c echo.Context) error {
	invited, err := p.Accounts.InviteAnew(c.Request().Context(), p.Accounts.From(c), c.Param("id"))
	if err != nil {
		return known(err)
	}
	return p.showPerson(c, http.StatusOK, blankForm(), &invited)
}

// disable shuts somebody out.
func (p Pages) disable(c echo.Context) error {
	return p.act(c, "disabled", func(from account.Asker, id string) error { return p.Accounts.Disable(c.Request().Context(), from, id) })
}

// enable lets somebody in again.
func (p Pages) enable(c echo.Context) error {
	return p.act(c, "enabled", func(from account.Asker, id string) error { return p.Accounts.Enable(c.Request().Context(), from, id) })
}

type tokenRow struct {
	account.Token
	RoleNames string
	Over      bool
}

type tokensPage struct {
	Form    form
	Done    string
	Rows    []tokenRow
	Roles   []roleChoice
	Members bool
	May     bool
	Made    string // the secret of a new one
}

// tokens lists the tokens of programs.
func (p Pages) tokens(c echo.Context) error { return p.showTokens(c, http.StatusOK, blankForm(), "") }

func (p Pages) showTokens(c echo.Context, status int, f form, made string) error {
	all, err := p.Accounts.Tokens(c.Request().Context())
	if err != nil {
		return err
	}
	page := tokensPage{Form: f, Done: doneWords[c.QueryParam("done")], Roles: choices(p.Accounts.Party, chosen(f)), Members: p.Accounts.Member != nil, May: doorkeepers.Lets(web.PrincipalOf(c)), Made: made}
	for _, t := range all {
		page.Rows = append(page.Rows, tokenRow{t, named(web.LocaleOf(c), t.Roles), !p.Accounts.Now().Before(t.Until)})
	}
	return p.Render(c, status, "door-tokens", web.Page{Title: web.LocaleOf(c).T("Programs"), Lead: web.LocaleOf(c).T("Each program that comes in has a token of its own, which can be revoked without the others."), Body: page})
}

// makeToken makes a token and shows it once.
func (p Pages) makeToken(c echo.Context) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	made, err := p.tokenMade(c, f)
	if err != nil {
		if other := f.refused(err); other != nil {
			return other
		}
		return p.showTokens(c, statusOf(c, err), f, "")
	}
	return p.showTokens(c, http.StatusOK, blankForm(), made)
}

func (p Pages) tokenMade(c echo.Context, f form) (string, error) {
	t := account.Token{Name: f.get("name"), Roles: chosen(f), Until: p.Accounts.Now().Add(account.TokenTime)}
	var err error
	if t.Member, err = p.memberOf(c, f); err != nil {
		return "", err
	}
	if text := f.get("until"); text != "" {
		day, err := contracts.ParseDate(text)
		if err != nil {
			return "", contracts.FaultsOf(err)[0].At("until")
		}
		t.Until = day.Time()
	}
	return p.Accounts.MakeTokenUntil(c.Request().Context(), p.Accounts.From(c), t)
}

// revokeToken ends a token.
func (p Pages) revokeToken(c echo.Context) error {
	if err := p.Accounts.RevokeToken(c.Request().Context(), p.Accounts.From(c), c.Param("id")); err != nil {
		return err
	}
	return doneAt(c, "/tokens", "revoked")
}

// mostEvents is how many lines of the security log a page shows.
const mostEvents = 200

// log shows what happened at the door, the newest first.
func (p Pages) log(c echo.Context) error {
	ctx := c.Request().Context()
	events, err := p.Accounts.Events(ctx, "", mostEvents)
	if err != nil {
		return err
	}
	all, err := p.Accounts.List(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, a := range all {
		names[a.ID] = a.Name
	}
	return p.Render(c, http.StatusOK, "door-securitylog", web.Page{Title: web.LocaleOf(c).T("At the door"), Lead: web.LocaleOf(c).T("Who came in, who did not, and what was changed about it. Nothing here can be changed."), Body: eventRows(web.LocaleOf(c), events, names)})
}
