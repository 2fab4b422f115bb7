package web

import "fmt"

// T says a text in the language of the locale.
func (l *Locale) T(text string, args ...any) string { return fmt.Sprintf(text, args...) }
