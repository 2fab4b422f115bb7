// Package webtest looks at pages as people do, in a real Chromium: by the rules of axe-core, with the keyboard alone, on a phone, at twice
// the size, in the dark. It is for tests only and knows no page; those who have pages tell it their addresses.
package webtest

import (
	"context"
	_ "embed" // axe.min.js
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

//go:embed testdata/axe.min.js
var axe string

//go:embed look.js
var look string

// Browser is one Chromium with one tab, for any number of pages.
type Browser struct {
	ctx   context.Context
	shots string // folder for pictures of every page; empty for none
}

// Open starts Chromium, which ends with the test. Where there is none, the test is skipped, but on the build server it fails.
// PASSERELLE_SCREENSHOTS names a folder to keep a picture of each page in.
func Open(t testing.TB) *Browser {
	t.Helper()
	program := find()
	switch {
	case program == "" && os.Getenv("CI") == "true":
		t.Fatal("there is no Chromium; .ci/services installs it, or: apt-get install chromium")
	case program == "":
		t.Skip("there is no Chromium; to look at the pages: apt-get install chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(program), chromedp.NoSandbox) // a build server's container has no right to a sandbox
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	t.Cleanup(end)
	b := &Browser{ctx: ctx, shots: os.Getenv("PASSERELLE_SCREENSHOTS")}
	if _, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: axe + ";" + look}); err != nil {
		t.Fatalf("start %s: %v", program, err)
	}
	return b
}

func find() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// pageTime is how long one page may take; a slow machine is no reason to fail.
const pageTime = 60 * time.Second

// Be comes to the server at url with a cookie from now on, as whom that lets in; with none, as a visitor.
func (b *Browser) Be(url string, cookie *http.Cookie) error {
	if _, err := chromedp.Call(b.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil || cookie == nil {
		return err
	}
	_, err := chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: cookie.Name, Value: cookie.Value, URL: url, Path: "/", HTTPOnly: new(true)})
	return err
}

// Speak has pages at url speak a language from now on; with none, what the browser asks for.
func (b *Browser) Speak(url, code string) (err error) {
	if code == "" {
		_, err = chromedp.Call(b.ctx, network.DeleteCookies, network.DeleteCookiesParams{Name: "passerelle-lang", URL: url})
	} else {
		_, err = chromedp.Call(b.ctx, network.SetCookie, network.SetCookieParams{Name: "passerelle-lang", Value: code, URL: url, Path: "/"})
	}
	return err
}

// Go opens an address and tells the status it was answered with.
func (b *Browser) Go(url string) (status int64, err error) {
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, chromedp.Navigate(url))
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", url, err)
	}
	return answer.Status, nil
}

// View is a window: its width in CSS pixels, and the colours its reader prefers.
type View struct {
	Name  string
	Width int64
	Dark  bool
}

// Height of every window.
const height = 900

// Set gives the page another window without loading it again.
func (b *Browser) Set(v View) error {
	colours := "light"
	if v.Dark {
		colours = "dark"
	}
	window := emulation.SetDeviceMetricsOverrideParams{Width: v.Width, Height: height, DeviceScaleFactor: 1, Mobile: v.Width < 500}
	if _, err := chromedp.Call(b.ctx, emulation.SetDeviceMetricsOverride, window); err != nil {
		return err
	}
	wish := emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: colours}, {Name: "prefers-reduced-motion", Value: "reduce"}}}
	_, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, wish)
	return err
}

// Ask evaluates an expression in the page; a promise is waited for.
func Ask[T any](b *Browser, expression string) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression, func(p *runtime.EvaluateParams) { p.AwaitPromise = new(true) }))
}

// keep takes a picture of the whole page, when pictures are wanted.
func (b *Browser) keep(name string, v View) error {
	if b.shots == "" {
		return nil
	}
	picture, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(90))
	if err != nil {
		return fmt.Errorf("picture of %s: %w", name, err)
	}
	return os.WriteFile(filepath.Join(b.shots, name+"-"+v.Name+".jpg"), picture, 0o600)
}
