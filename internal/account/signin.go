package account

import (
	"context"
	"slices"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/storage"
)

// refused is the one answer to a name that is not known and to a password that is not right.
func refused() error {
	return contracts.Fault{Code: FaultSignIn, Message: "e-mail address and password do not belong together", Remedy: "check both, or ask for a new password"}
}

// SignIn weighs e-mail and password, and opens a session: Full for a member who has nothing more, else one that waits for the second
// factor, or for one to be set up. A name that is not known, or disabled, is answered as a wrong password is, and as fast.
// old is the token that the browser had.
func (a *Accounts) SignIn(ctx context.Context, from Asker, email, password, old string) (token string, stage Stage, err error) {
	limits := []limit{limitAccount(email), limitAddress(from.Address)}
	if err := a.try(ctx, limits...); err != nil {
		return "", "", err
	}
	who, _, err := byEmail(ctx, a.DB, email)
	if err != nil {
		return "", "", err
	}
	right, weakHash, err := a.rightPassword(ctx, who.password, password)
	if err != nil {
		return "", "", err
	}
	if !right || !a.mayBeIn(who) {
		return "", "", a.refuse(ctx, from, who, "password")
	}
	fresh := ""
	if weakHash {
		if fresh, err = a.hashPassword(ctx, password); err != nil {
			return "", "", err
		}
	}
	stage = stageAfterPassword(who)
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		if fresh != "" {
			if err := set(ctx, tx, who.ID, "password", fresh); err != nil {
				return err
			}
		}
		if stage != Second { // else the tries are forgotten when the second factor is right too
			if err := succeeded(ctx, tx, limits[0], limits[1]); err != nil {
				return err
			}
		}
		token, err = a.enter(ctx, tx, from, who, stage, old, "password")
		return err
	})
	return token, stage, err
}

// stageAfterPassword says what is still due.
func stageAfterPassword(who Account) Stage {
	switch {
	case who.TwoFactors():
		return Second
	case who.Staff():
		return Enrol
	}
	return Full
}

// enter opens a session and notes it when somebody is in.
func (a *Accounts) enter(ctx context.Context, tx *storage.Tx, from Asker, who Account, stage Stage, old, by string) (token string, err error) {
	if token, err = a.begin(ctx, tx, who.ID, stage, old, from); err != nil || stage == Second {
		return token, err
	}
	from.Account = who.ID
	return token, a.note(ctx, tx, from, EventSignedIn, who.ID, by)
}

// refuse notes a failed try and returns the answer.
func (a *Accounts) refuse(ctx context.Context, from Asker, who Account, by string) error {
	err := a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		return a.note(ctx, tx, from, EventRefused, who.ID, by)
	})
	if err != nil {
		return err
	}
	return refused()
}

// Persona is an account of the demonstration that anybody may be.
type Persona struct {
	Role   access.Role
	Name   string
	Member string // id, for the role of a member
}

// AddPersonas makes the accounts of the demonstration that are not there yet.
func (a *Accounts) AddPersonas(ctx context.Context, personas ...Persona) error {
	return a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		for _, p := range personas {
			who := Account{ID: newID(), Name: p.Name, Email: string(p.Role) + "@demonstration.invalid", Roles: []access.Role{p.Role}, Member: p.Member, Demonstration: true, Made: a.Now()}
			if err := checkPerson(a.Party, who.Name, who.Email, who.Roles, who.Member); err != nil {
				return err
			}
			if _, there, err := byEmail(ctx, tx, who.Email); err != nil || there {
				if err != nil {
					return err
				}
				continue
			}
			if err := insert(ctx, tx, who); err != nil {
				return err
			}
		}
		return nil
	})
}

// Personas lists whom a visitor of the demonstration may be, in the order of the roles; nobody elsewhere.
func (a *Accounts) Personas(ctx context.Context) ([]Account, error) {
	if !a.Demonstration {
		return nil, nil
	}
	all, err := a.List(ctx)
	all = slices.DeleteFunc(all, func(who Account) bool { return !who.Demonstration || !a.mayBeIn(who) })
	order := func(who Account) int { return slices.Index(access.Roles(a.Party), who.Roles[0]) }
	slices.SortFunc(all, func(x, y Account) int { return order(x) - order(y) })
	return all, err
}

// Become opens a session of a persona. Outside the demonstration there is none.
func (a *Accounts) Become(ctx context.Context, from Asker, id, old string) (token string, err error) {
	who, err := byID(ctx, a.DB, id)
	if err != nil {
		return "", err
	}
	if !a.Demonstration || !who.Demonstration || !a.mayBeIn(who) {
		return "", refused()
	}
	err = a.DB.Write(ctx, func(ctx context.Context, tx *storage.Tx) error {
		token, err = a.enter(ctx, tx, from, who, Full, old, "demonstration")
		return err
	})
	return token, err
}
