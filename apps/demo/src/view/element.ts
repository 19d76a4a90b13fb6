// The whole of this page's DOM framework: make an element, keep a list in step.

type Attributes = Readonly<Record<string, string | boolean | number | EventListener | undefined>>;
export type Child = Node | string | undefined | false;

/** Makes an element. `on…` attributes are listeners; undefined and false leave an attribute out. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else setAttribute(element, name, value);
  }
  element.append(...children.filter(isShown));
  return element;
}

function isShown(child: Child): child is Node | string {
  return child !== undefined && child !== false;
}

export function setAttribute(
  element: Element,
  name: string,
  value: string | boolean | number | undefined,
): void {
  if (value === undefined || value === false) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

/** Sets text only when it differs: live regions would read it again. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Replaces the children of `parent` only when `key` changed since the last time. */
export function fill(parent: Element, key: string, children: () => readonly Child[]): void {
  if (keyOf.get(parent) === key) return;
  keyOf.set(parent, key);
  parent.replaceChildren(...children().filter(isShown));
}
const keyOf = new WeakMap<Element, string>();

/** Keeps one child of `parent` per item, in order, so that what stays keeps focus and animation. */
export function keepList<T>(
  parent: Element,
  items: readonly T[],
  o: { readonly key: (item: T) => string; readonly make: (item: T) => HTMLElement },
): void {
  const before = new Map(
    [...parent.children].map((child) => [child.getAttribute('data-key'), child]),
  );
  const after = items.map((item) => {
    const key = o.key(item);
    const kept = before.get(key);
    if (kept) return kept;
    const made = o.make(item);
    made.setAttribute('data-key', key);
    return made;
  });
  const isSame =
    after.length === parent.children.length &&
    after.every((child, at) => child === parent.children[at]);
  if (!isSame) parent.replaceChildren(...after);
}
