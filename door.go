package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"

	"passerelle/contracts"
	"passerelle/internal/account"
)

// doorFlags say how people come in.
type doorFlags struct {
	URL      string   `help:"Address at which people reach the program, such as https://be.example.coop; default http://localhost and the port of --addr." env:"PASSERELLE_URL" placeholder:"URL"`
	Mail     string   `help:"Server that takes mails, smtp://name@host:587 (STARTTLS) or smtps://name@host:465; its password is in PASSERELLE_MAIL_PASSWORD. Without it links are shown to whoever invites." env:"PASSERELLE_MAIL" placeholder:"URL"`
	MailFrom string   `help:"Address that mails come from; default the name in --mail." env:"PASSERELLE_MAIL_FROM" placeholder:"EMAIL"`
	Issuer   string   `help:"OpenID Connect issuer at which people may sign in too, as its tokens name it. It makes no accounts: who comes from there was invited." name:"oidc-issuer" env:"PASSERELLE_OIDC_ISSUER" placeholder:"URL"`
	Client   string   `help:"Client id of this program at the issuer; its secret is in PASSERELLE_OIDC_SECRET. Register the address of --url followed by /sign-in/provider/back there." name:"oidc-client" env:"PASSERELLE_OIDC_CLIENT" placeholder:"ID"`
	Proxies  []string `help:"Networks of the proxies in front, such as 10.0.0.0/8, whose X-Forwarded-For is believed." env:"PASSERELLE_PROXIES" placeholder:"CIDR"`
}

// open hands the flags to a party.
func (f doorFlags) open(p *party, addr string) (err error) {
	if p.door.URL, err = publicURL(f.URL, addr); err != nil {
		return err
	}
	for _, text := range f.Proxies {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return contracts.Fault{Code: contracts.FaultInvalid, Field: "--proxies", Message: fmt.Sprintf("%.40q is no network", text), Remedy: "write it as 10.0.0.0/8, or 10.0.0.1/32 for one address"}
		}
		p.door.Proxies = append(p.door.Proxies, network)
	}
	if f.Issuer != "" || f.Client != "" {
		p.door.Provider = &account.Provider{Issuer: f.Issuer, Client: f.Client, Secret: os.Getenv("PASSERELLE_OIDC_SECRET")}
	}
	if f.Mail == "" {
		return nil
	}
	smtp, err := account.NewSMTP(f.Mail, os.Getenv("PASSERELLE_MAIL_PASSWORD"), f.MailFrom, nil)
	if err != nil {
		return err
	}
	p.door.Mail = smtp
	return nil
}

// publicURL is what was given, else the address to listen on, under the name by which browsers let people use passkeys.
func publicURL(given, addr string) (*url.URL, error) {
	if given == "" {
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, nil // it listens nowhere, or will fail to and say so
		}
		return &url.URL{Scheme: "http", Host: net.JoinHostPort("localhost", port)}, nil
	}
	u, err := url.Parse(given)
	if err != nil {
		return nil, contracts.Fault{Code: contracts.FaultInvalid, Field: "--url", Message: "this is no address", Remedy: "write it as https://be.example.coop"}
	}
	if u.Path == "/" {
		u.Path = ""
	}
	return u, nil
}
