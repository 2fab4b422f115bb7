// What webtest asks of a page, beside axe-core.
const passerelleLook = (() => {
  const stops = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]';
  const say = (e) => {
    const text = (e.getAttribute('aria-label') || e.textContent || '').trim().replace(/\s+/g, ' ').slice(0, 30);
    return `<${e.localName}${e.id ? ' #' + e.id : ''}${e.className && typeof e.className === 'string' ? ' .' + e.className : ''}> ${text}`;
  };
  let expected = [], walk = [], unseen = new Set();

  const begin = () => {
    expected = [...document.querySelectorAll(stops)].filter((e) => !e.disabled && e.tabIndex >= 0 && e.checkVisibility({ visibilityProperty: true }));
    walk = [];
    unseen = new Set();
    document.addEventListener('focusin', (event) => {
      const e = event.target, style = getComputedStyle(e);
      walk.push(e);
      const box = e.getBoundingClientRect();
      if (style.outlineStyle !== 'auto' && (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2)) // auto is the browser's own ring
        unseen.add(say(e) + ' shows no focus');
      else if (box.width < 1 || box.bottom < 0 || box.right < 0) unseen.add(say(e) + ' is focused where nobody sees it');
    });
    return expected.length;
  };

  const around = () => walk.indexOf(walk[0], 1) > 0;

  const walked = () => {
    const wrong = [...unseen];
    document.activeElement.blur(); // the focused link to the content would lie over others
    const back = walk.indexOf(walk[0], 1);
    const round = back > 0 ? walk.slice(0, back) : walk;
    if (back < 0) wrong.push('the keyboard does not come around: it ends at ' + (walk.length ? say(walk[walk.length - 1]) : 'nothing'));
    if (!round.length || round[0].getAttribute('href') !== '#main') wrong.push('the first stop is not the link to the content');
    let at = 0;
    for (const e of expected) {
      const found = round.indexOf(e, at);
      if (found < 0) wrong.push(say(e) + (round.includes(e) ? ' is reached out of order' : ' is not reached by the keyboard'));
      else at = found + 1;
    }
    return wrong;
  };

  // What a box cuts off; a name that ends in an ellipsis says so itself.
  const cut = () => [...document.body.querySelectorAll('*')].filter((e) => {
    const s = getComputedStyle(e);
    return e.checkVisibility() && !e.closest('svg') && ['hidden', 'clip'].includes(s.overflowX) && s.textOverflow !== 'ellipsis' && e.clientWidth > 1 && e.scrollWidth > e.clientWidth + 1;
  }).slice(0, 4).map((e) => `${say(e)} cuts off what is ${e.scrollWidth} wide at ${e.clientWidth}`);

  // What sticks out of its card.
  const clipped = (e) => e && (getComputedStyle(e).clipPath !== 'none' || clipped(e.parentElement)); // for ears alone: heads of tables on a phone
  const out = () => [...document.querySelectorAll('.card')].flatMap((card) => {
    const edge = card.getBoundingClientRect().right + 1;
    return [...card.querySelectorAll('*')].filter((e) => e.checkVisibility() && !e.closest('svg, .scroll') && e.getBoundingClientRect().right > edge && !clipped(e)).slice(0, 1).map((e) => `${say(e)} sticks out of its card by ${Math.round(e.getBoundingClientRect().right - edge + 1)}`);
  });

  const sideways = () => {
    const wide = document.documentElement.scrollWidth, room = document.documentElement.clientWidth;
    if (wide <= room) return [...cut(), ...out()];
    const far = [...document.body.querySelectorAll('*')].filter((e) => e.getBoundingClientRect().right > room + 1 && !e.parentElement.closest('.scroll')).slice(0, 4);
    return [`the page is ${wide} wide in a window of ${room}: ${far.map(say).join(', ')}`];
  };

  const run = async (rules) => {
    const only = rules === 'colours' ? { type: 'rule', values: ['color-contrast'] } : { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] };
    const { violations } = await axe.run(document, { runOnly: only, resultTypes: ['violations'] });
    return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical')
      .map((v) => `${v.id} (${v.help}): ${v.nodes.slice(0, 4).map((n) => n.target.join(' ') + (n.any[0] ? ': ' + n.any[0].message : '')).join('; ')}`);
  };

  return { begin, around, walked, sideways, axe: run };
})();
