// Runs in the page: which controls and regions have no name that a screen reader could say?

/** Each nameless or doubly named thing. Self-contained: it is sent to the browser as source. */
export function findUnnamed(): string[] {
  const problems: string[] = [];
  const nameOf = (element: Element): string => {
    const ids = (element.getAttribute('aria-labelledby') ?? '').split(' ').filter(Boolean);
    const labelled = ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
    const label =
      element instanceof HTMLInputElement ? (element.labels?.[0]?.textContent ?? '') : '';
    const own = element instanceof HTMLInputElement ? '' : (element.textContent ?? '');
    return (element.getAttribute('aria-label') ?? (labelled || label || own)).trim();
  };
  for (const element of document.querySelectorAll('button, a, input, [role=meter], form, ol')) {
    const isList = element.tagName === 'OL' && !element.hasAttribute('aria-label');
    if (!isList && nameOf(element) === '')
      problems.push(`no name: ${element.outerHTML.slice(0, 90)}`);
  }
  for (const element of document.querySelectorAll('section, article, form')) {
    const isNamed = element.hasAttribute('aria-label') || element.hasAttribute('aria-labelledby');
    const heading = element.querySelector('h2, h3, h4');
    if (!isNamed && !heading) problems.push(`no heading: ${element.className}`);
  }
  for (const picture of document.querySelectorAll('svg')) {
    if (picture.getAttribute('aria-hidden') !== 'true') problems.push('an icon that is read out');
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const doubled = ids.filter((id, at) => ids.indexOf(id) !== at);
  problems.push(...doubled.map((id) => `id twice: ${id}`));
  const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map(({ tagName }) =>
    Number(tagName[1]),
  );
  const jumps = levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1);
  problems.push(...jumps.map((level) => `a heading jumps to level ${level}`));
  return problems;
}
