package web

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

type point struct{ x, y float64 }

// arrow is the outline of a curved arrow that bends to the right of its way, so that there and back do not cover each
// other: thin where it starts, w wide before its head.
func arrow(from, to place, w float64) string {
	a, b := point{from.X, from.Y}, point{to.X, to.Y}
	dx, dy := b.x-a.x, b.y-a.y
	length := math.Hypot(dx, dy)
	bend := point{(a.x+b.x)/2 - dy*0.2, (a.y+b.y)/2 + dx*0.2}
	head := w*0.9 + 6
	end := to.R + 2
	if to.Box {
		end = 34
	}
	start, stop := (from.R+2)/length, 1-(end+head)/length
	if stop <= start { // neighbours closer than their dots
		start, stop = 0.1, 0.6
	}
	var left, right []string
	const steps = 16
	for i := 0; i <= steps; i++ {
		t := start + (stop-start)*float64(i)/steps
		half := w / 2 * (0.35 + 0.65*float64(i)/steps)
		p, n := along(a, bend, b, t), normal(a, bend, b, t)
		left = append(left, at(p.x+n.x*half, p.y+n.y*half))
		right = append(right, at(p.x-n.x*half, p.y-n.y*half))
	}
	neck, n := along(a, bend, b, stop), normal(a, bend, b, stop)
	tip := along(a, bend, b, min(1, stop+head/length))
	wing := w/2 + 3.2
	slices.Reverse(right)
	outline := append(left, at(neck.x+n.x*wing, neck.y+n.y*wing), at(tip.x, tip.y), at(neck.x-n.x*wing, neck.y-n.y*wing))
	return "M" + strings.Join(append(outline, right...), "L") + "Z"
}

func at(x, y float64) string { return fmt.Sprintf("%.1f %.1f", x, y) }

// along is the point of a quadratic Bézier curve at t.
func along(a, c, b point, t float64) point {
	u := 1 - t
	return point{u*u*a.x + 2*u*t*c.x + t*t*b.x, u*u*a.y + 2*u*t*c.y + t*t*b.y}
}

// normal is the unit vector across the curve at t.
func normal(a, c, b point, t float64) point {
	u := 1 - t
	dx, dy := 2*u*(c.x-a.x)+2*t*(b.x-c.x), 2*u*(c.y-a.y)+2*t*(b.y-c.y)
	length := max(math.Hypot(dx, dy), 1e-9)
	return point{-dy / length, dx / length}
}
