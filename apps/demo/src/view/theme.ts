// Light or dark: what the system says, unless the reader chose otherwise.
import { el, fill, setAttribute } from './element.ts';
import { icon } from './icons.ts';

const place = 'causeway-demo/theme';
type Theme = 'light' | 'dark';

export function createThemeButton(o: { readonly storage: Storage; readonly root: HTMLElement }) {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const kept = o.storage.getItem(place);
  let chosen: Theme | undefined = kept === 'light' || kept === 'dark' ? kept : undefined;
  const button = el('button', {
    class: 'quiet icon-only',
    type: 'button',
    'data-testid': 'theme',
    onclick: () => {
      chosen = shown() === 'dark' ? 'light' : 'dark';
      o.storage.setItem(place, chosen);
      update();
    },
  });
  const shown = (): Theme => chosen ?? (system.matches ? 'dark' : 'light');
  const update = (): void => {
    const other = shown() === 'dark' ? 'light' : 'dark';
    setAttribute(o.root, 'data-theme', chosen);
    setAttribute(button, 'aria-label', `Use the ${other} theme`);
    setAttribute(button, 'title', `Use the ${other} theme`);
    fill(button, other, () => [icon(other === 'dark' ? 'moon' : 'sun')]);
  };
  system.addEventListener('change', update);
  update();
  return button;
}
