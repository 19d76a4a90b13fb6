// The icons, drawn here so that the page loads nothing from elsewhere. Strokes on a 24 × 24 grid.

const paths = {
  connected: 'M5 12.5l4.5 4.5L19 7.5',
  suspect: 'M12 4a8 8 0 1 0 8 8M12 8v4l3 2M16.5 4.5h.01M19.5 7.5h.01',
  partitioned:
    'M4 4l16 16M9.5 7.5L11 6a4.2 4.2 0 0 1 6 0l1 1a4.2 4.2 0 0 1 0 6l-1.5 1.5M14.5 16.5L13 18a4.2 4.2 0 0 1-6 0l-1-1a4.2 4.2 0 0 1 0-6l1.5-1.5',
  recovering: 'M20 11a8 8 0 0 0-14-4.5L4 8.5M4 4v4.5h4.5M4 13a8 8 0 0 0 14 4.5l2-2M20 20v-4.5h-4.5',
  plug: 'M9 3v5M15 3v5M6.5 8h11v3.5a5.5 5.5 0 0 1-11 0zM12 17v4',
  unplug:
    'M9 3v4M15 3v4M8 7h9.5v3.5c0 1-.3 2-.8 2.8M14 16.6a5.5 5.5 0 0 1-7.5-5.1V8.5M12 17v4M4 4l16 16',
  clock: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2',
  disk: 'M5 4h11l3 3v13H5zM8 4v5h7V4M8 20v-6h8v6',
  bank: 'M3 9.5L12 4l9 5.5zM5.5 10v7M10 10v7M14 10v7M18.5 10v7M3.5 20h17',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  checks: 'M2.5 13l4 4L15 8.5M11 15.5l1.5 1.5L21 8.5',
  refused: 'M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM8.5 8.5l7 7M15.5 8.5l-7 7',
  mended: 'M12 3l7.5 3v5.5c0 4.5-3 7.7-7.5 9.5-4.5-1.8-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-4.5',
  warning: 'M12 4L2.5 20h19zM12 10v4.5M12 17.3h.01',
  cash: 'M3 7h18v10H3zM12 9.5a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM6 10v4M18 10v4',
  saving: 'M12 4v11M7.5 10.5L12 15l4.5-4.5M5 20h14',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
  restart: 'M4 12a8 8 0 1 0 2.5-5.8L4 8.5M4 4v4.5h4.5',
  open: 'M14 4h6v6M20 4l-9 9M18 14v6H4V6h6',
  play: 'M7 4.5v15l12-7.5z',
} as const;
export type IconName = keyof typeof paths;

const svg = 'http://www.w3.org/2000/svg';

/** An icon that says nothing to screen readers: words always stand beside it. */
export function icon(name: IconName): SVGSVGElement {
  const picture = document.createElementNS(svg, 'svg');
  picture.setAttribute('viewBox', '0 0 24 24');
  picture.setAttribute('class', `icon icon-${name}`);
  picture.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svg, 'path');
  path.setAttribute('d', paths[name]);
  picture.append(path);
  return picture;
}
