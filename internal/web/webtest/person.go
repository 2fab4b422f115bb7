package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// What a person does on a page, by what stands there: labels, buttons and links, not names of the code.

// Fill types a text into the input, or makes the choice, with a label.
func (b *Browser) Fill(label, text string) error {
	found, err := Ask[string](b, fmt.Sprintf(`(() => {
		const l = [...document.querySelectorAll('main label')].find((l) => l.textContent.trim().startsWith(%s) && l.control?.checkVisibility());
		if (!l) return '';
		const c = l.control;
		if (c.localName === 'select') {
			const o = [...c.options].find((o) => o.text.trim().startsWith(%[2]s));
			if (!o) return '';
			c.value = o.value;
			return 'chosen';
		}
		if (c.type === 'date') { c.value = %[2]s; return 'chosen'; }
		c.focus(); c.select();
		return 'typing';
	})()`, quoted(label), quoted(text)))
	switch {
	case err != nil:
		return err
	case found == "":
		return b.missing("input", label)
	case found == "chosen":
		return nil
	}
	return b.do(chromedp.KeyEvent(text))
}

// Press presses the button, or follows the link, that says a text, and waits for the page after it.
func (b *Browser) Press(text string) error {
	where, err := Ask[string](b, fmt.Sprintf(`(() => {
		const wanted = %s, pressable = ['button', 'a[href]', 'summary'];
		const all = ['main ', ''].flatMap((where) => [...document.querySelectorAll(pressable.map((e) => where + e).join())]).filter((e) => e.checkVisibility());
		const e = all.find((e) => e.textContent.trim() === wanted) ?? all.find((e) => e.textContent.trim().startsWith(wanted));
		document.querySelectorAll('[data-to-press]').forEach((e) => e.removeAttribute('data-to-press'));
		e?.setAttribute('data-to-press', '');
		if (e?.localName === 'summary') e.parentElement.open = true;
		return !e ? '' : e.dataset.passkey ? 'passkey' : e.localName;
	})()`, quoted(text)))
	switch {
	case err != nil:
		return err
	case where == "":
		return b.missing("button or link", text)
	case where == "summary":
		return nil
	case where == "passkey":
		return b.usePasskey()
	}
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	if _, err := chromedp.RunResponse(ctx, chromedp.Click("[data-to-press]")); err != nil {
		return fmt.Errorf("press %q: %w", text, err)
	}
	return nil
}

// usePasskey presses the button of a passkey, which is a matter between page and device, and waits until that has led somewhere.
func (b *Browser) usePasskey() error {
	from, err := Ask[string](b, `(document.querySelector('[data-to-press]').click(), location.href)`)
	if err != nil {
		return err
	}
	for end := time.Now().Add(pageTime); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		at, err := Ask[string](b, `document.readyState === 'complete' ? location.href : ''`)
		if err == nil && at != "" && at != from { // an error is the change of pages itself
			return nil
		}
	}
	return b.missing("way from the passkey", from)
}

// Says returns an error unless every text stands on the page.
func (b *Browser) Says(texts ...string) error {
	page, err := Ask[string](b, `document.body.innerText.replace(/\s+/g, ' ')`)
	if err != nil {
		return err
	}
	for _, text := range texts {
		if !strings.Contains(page, text) {
			return fmt.Errorf("the page does not say %q: %s", text, page)
		}
	}
	return nil
}

func (b *Browser) missing(what, text string) error {
	at, err := Ask[string](b, `location.pathname + ': ' + document.querySelector('main').innerText.replace(/\s+/g, ' ')`)
	if err != nil {
		return err
	}
	return fmt.Errorf("no %s says %q at %s", what, text, at)
}

func (b *Browser) do(a chromedp.Action[chromedp.Void]) error {
	ctx, cancel := context.WithTimeout(b.ctx, pageTime)
	defer cancel()
	return chromedp.Do(ctx, a)
}

// quoted is a text as a script writes it.
func quoted(text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		panic(err) // a string always can
	}
	return string(b)
}
