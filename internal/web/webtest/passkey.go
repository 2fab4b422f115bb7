package webtest

import (
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// Passkeys gives the browser an empty place to keep passkeys, instead of the one it has: another person's device. It knows its owner, or not: then it
// notes that somebody is there and no more.
func (b *Browser) Passkeys(knows bool) error {
	if _, err := chromedp.Call(b.ctx, webauthn.Disable, cdp.Empty{}); err != nil {
		return err
	}
	if _, err := chromedp.Call(b.ctx, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		return err
	}
	_, err := chromedp.Call(b.ctx, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: knows, AutomaticPresenceSimulation: true}})
	return err
}
