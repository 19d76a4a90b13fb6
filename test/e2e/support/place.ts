// Runs in the browser: what every page of one document offers to its test, and how it draws.
import type { Handle, Live, Status, StatusSign } from '@causeway/client';
import type { App, LinkBounds, Mode } from '@causeway/core';

export interface Place {
  /** Whose database in this browser. */
  readonly name: string;
  readonly document: string;
  readonly relay: string;
  readonly bounds: Partial<LinkBounds>;
}
declare global {
  var openPlace: (place: Place) => Promise<void>;
  /** Resolves in this mode; where it is `connected`, with everything committed as well. */
  var isIn: (mode: Mode) => Promise<void>;
}

/** `open` makes the page's client and draws; its document's status is watched from then on. */
export function offerPlace(
  open: (place: Place) => Promise<{ readonly status: Live<Status> }>,
): void {
  globalThis.openPlace = async (place) => {
    const { status } = await open(place);
    globalThis.isIn = async (wanted) => {
      await status.waitFor(
        ({ mode, synced }) => mode === wanted && (synced || wanted !== 'connected'),
      );
    };
  };
}

/** Draws now, and whenever one of `ids`, or how one of these operations stands, may have changed. */
export function drawAsTheyStand<A extends App>(
  handle: Pick<Handle<A>, 'statusOf' | 'notices'>,
  ids: Live<{ readonly value: readonly string[] }>,
  draw: () => void,
): void {
  const watched = new Set<string>();
  ids.subscribe(({ value }) => {
    draw();
    const fresh = value.filter((id) => !watched.has(id));
    for (const id of fresh) watched.add(id);
    for (const id of fresh) handle.statusOf(id).subscribe(draw);
  });
  handle.notices.subscribe((notices) => {
    const told = notices.map(({ from, to, why }) => `${from} → ${to} ${why}`);
    elementOf('told').textContent = told.join('; ');
  });
}

/** A line of a list: never by colour alone. */
export function lineOf(sign: StatusSign, what: string): HTMLElement {
  const line = document.createElement('li');
  line.className = sign.class;
  line.textContent = `${sign.icon} ${what}: ${sign.words}`;
  return line;
}

export function elementOf(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`this page has no #${id}`);
  return element;
}
