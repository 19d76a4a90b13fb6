// The export condition under which our packages resolve to their sources instead of their builds.
export const sourceCondition = 'causeway-source';

/** Makes every Node process started from here on, workers included, resolve to sources. */
export function useSourceCondition(): void {
  const flag = `--conditions=${sourceCondition}`;
  const options = process.env['NODE_OPTIONS'] ?? '';
  if (options.includes(flag)) return;
  process.env['NODE_OPTIONS'] = `${options} ${flag}`.trim();
}
