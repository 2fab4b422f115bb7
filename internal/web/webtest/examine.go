package webtest

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Views are the windows every page is looked at in. Two of them are only there for their colours, or their width: 640 is a desktop of
// 1280 at twice the size (WCAG 2.2, 1.4.4).
var (
	desktop     = View{"desktop", 1280, false}
	desktopDark = View{"desktop-dark", 1280, true}
	zoomed      = View{"zoomed", 640, false}
	phone       = View{"phone", 360, false}
	phoneDark   = View{"phone-dark", 360, true}
)

// Examine opens a page and tells all that is wrong with it: a serious or critical violation of WCAG 2.2 AA that axe-core finds, a page that
// has to be moved sideways, in English where there is room and in German where there is little, a control that the keyboard does not reach in order or whose focus cannot be seen. name is for messages and
// pictures.
func (b *Browser) Examine(name, url string) (wrong []string, err error) {
	if err := b.Set(desktop); err != nil {
		return nil, err
	}
	status, err := b.Go(url)
	if err != nil {
		return nil, err
	}
	if status != 200 {
		return []string{fmt.Sprintf("is answered with %d", status)}, nil
	}
	if wrong, err = b.keyboard(); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.Speak(url, "")) }()
	steps := []step{{desktop, "all"}, {desktopDark, "colours"}, {zoomed, ""}, {phone, ""}, {phoneDark, "all"}}
	if os.Getenv("PASSERELLE_LONG") != "" {
		steps[3].rules = "all" // finds what the phone in the dark does, as long as one colour is not right in the dark alone
	}
	for _, step := range steps {
		if step.view == zoomed {
			if err := errors.Join(b.Speak(url, narrowLanguage), b.reload(url)); err != nil {
				return nil, err
			}
		}
		found, err := b.judge(name, step.view, step.rules)
		if err != nil {
			return nil, fmt.Errorf("examine %s (%s): %w", name, step.view.Name, err)
		}
		wrong = append(wrong, found...)
	}
	return wrong, nil
}

// narrowLanguage is what pages speak where there is least room: the one with the longest words.
const narrowLanguage = "de"

func (b *Browser) reload(url string) error {
	_, err := b.Go(url)
	return err
}

// step is a window and the rules of axe-core that are asked in it: all, only those of colours, or none.
type step struct {
	view  View
	rules string
}

func (b *Browser) judge(name string, v View, rules string) (wrong []string, err error) {
	if err := b.Set(v); err != nil {
		return nil, err
	}
	found, err := Ask[[]string](b, "passerelleLook.sideways()")
	if err != nil {
		return nil, err
	}
	if rules != "" {
		violations, err := Ask[[]string](b, fmt.Sprintf("passerelleLook.axe(%q)", rules))
		if err != nil {
			return nil, err
		}
		found = append(found, violations...)
	}
	for _, f := range found {
		wrong = append(wrong, v.Name+": "+f)
	}
	return wrong, b.keep(name, v)
}

// keyboard walks through the page with Tab alone, from the address bar until it is back there.
func (b *Browser) keyboard() (wrong []string, err error) {
	controls, err := Ask[int](b, "passerelleLook.begin()")
	if err != nil {
		return nil, err
	}
	if controls > mostTabs {
		return nil, fmt.Errorf("%d controls are more than anybody steps through", controls)
	}
	for pressed := 0; pressed < 8*(controls+2); {
		step := controls + 2 - pressed%(controls+2)
		if err := chromedp.Do(b.ctx, chromedp.KeyEvent(strings.Repeat(kb.Tab, step))); err != nil {
			return nil, fmt.Errorf("press Tab: %w", err)
		}
		pressed += step
		around, err := Ask[bool](b, "passerelleLook.around()")
		if err != nil {
			return nil, err
		}
		if around {
			break
		}
	}
	return Ask[[]string](b, "passerelleLook.walked()")
}

// mostTabs bounds what a page may offer at once.
const mostTabs = 400
