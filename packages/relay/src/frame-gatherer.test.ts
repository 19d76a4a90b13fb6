// One turn's messages go out as one frame per link, and what goes to many is encoded once.
import { type DownMessage, decodeDown, defaultLimits } from '@causeway/protocol';
import { expect, test } from 'vitest';
import { FrameGatherer } from './frame-gatherer.ts';
import type { Link } from './link.ts';

function createLink() {
  const frames: Uint8Array[] = [];
  const link: Link = {
    write: (frame) => frames.push(frame),
    bufferedBytes: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    close: () => undefined,
  };
  return { link, frames };
}
const echo = (nonce: number): DownMessage => ({ type: 'echo', nonce });

test('the messages of a turn are one frame, in order', () => {
  const gatherer = new FrameGatherer(defaultLimits.frameBytesMax);
  const { link, frames } = createLink();
  gatherer.add(link, echo(1));
  gatherer.add(link, echo(2));
  const written: Link[] = [];
  gatherer.flush((one) => written.push(one));
  gatherer.flush((one) => written.push(one));
  expect(written).toEqual([link]);
  expect(frames.map((frame) => decodeDown(frame, defaultLimits))).toEqual([[echo(1), echo(2)]]);
});

test('links that get the same messages get the same bytes; others get their own', () => {
  const gatherer = new FrameGatherer(defaultLimits.frameBytesMax);
  const links = [createLink(), createLink(), createLink()] as const;
  const shared = echo(1);
  for (const { link } of links) gatherer.add(link, shared);
  gatherer.add(links[2].link, echo(2));
  gatherer.flush(() => undefined);
  const [a, b, c] = links.map(({ frames }) => frames[0]);
  expect(a).toBe(b);
  expect(c).not.toEqual(a);
});

test('a link that is closed gets what was sent to it first', () => {
  const gatherer = new FrameGatherer(defaultLimits.frameBytesMax);
  const { link, frames } = createLink();
  gatherer.add(link, echo(1));
  gatherer.flushOne(link);
  gatherer.flush(() => undefined);
  expect(frames).toHaveLength(1);
});
