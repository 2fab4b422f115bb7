package main

import (
	"context"
	"fmt"
	"net"
	"net/url"

	"passerelle/contracts"
	"passerelle/internal/access"
	"passerelle/internal/account"
	"passerelle/nodes"
	"passerelle/nodes/member"
	"passerelle/nodes/seed"
)

// demonstrationDoor is how people come into a party of the demonstration: as one of its personas, and by the name localhost, because
// browsers give passkeys to names alone.
func demonstrationDoor(listener net.Listener) account.Options {
	_, port, _ := net.SplitHostPort(listener.Addr().String()) // the address of an open listener can be read
	return account.Options{Demonstration: true, Mail: &account.Outbox{}, URL: &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", port)}}
}

// personas make the accounts that a visitor may choose from, when the members are there.
func (d *demo) personas(ctx context.Context) error {
	if err := d.hub.accounts.AddPersonas(ctx, personasOf(contracts.Hub, "")...); err != nil {
		return fmt.Errorf("personas of the hub: %w", err)
	}
	for _, p := range here {
		n := d.nodes[p].node
		id, err := anyMember(ctx, n)
		if err != nil {
			return err
		}
		if err := n.Accounts.AddPersonas(ctx, personasOf(p, id)...); err != nil {
			return fmt.Errorf("personas of %s: %w", p, err)
		}
		if err := seed.Cases(ctx, n, member.ID(id)); err != nil {
			return fmt.Errorf("cases of %s: %w", p, err)
		}
	}
	return nil
}

// personasOf is one persona for each role.
func personasOf(p contracts.PartyID, member string) []account.Persona {
	var all []account.Persona
	for _, role := range access.Roles(p) {
		persona := account.Persona{Role: role, Name: "Demonstration " + string(role)}
		if role == access.Member {
			persona.Member = member
		}
		if role == access.Board {
			persona.Name = "Demonstration board member"
		}
		all = append(all, persona)
	}
	return all
}

// anyMember is the first member of the seeded references that has worked.
func anyMember(ctx context.Context, n *nodes.Node) (string, error) {
	for i := 1; i <= 60; i++ {
		m, found, err := n.Store.MemberByReference(ctx, n.DB, access.Program(), fmt.Sprintf("M%03d", i))
		if err != nil || found {
			return string(m.ID), err
		}
	}
	return "", fmt.Errorf("the demonstration of %s has no member", n.Adapter.Code)
}
