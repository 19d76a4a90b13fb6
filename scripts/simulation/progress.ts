// A progress bar on a terminal, and a line now and then where there is none.
export interface Progress {
  advance(): void;
  end(): void;
}

const width = 30;
const quietMs = 10_000;

export function showProgress(count: number, note: () => string): Progress {
  const { stderr } = process;
  const startedMs = performance.now();
  let done = 0;
  let shownMs = startedMs;
  const line = (): string => {
    const seconds = (performance.now() - startedMs) / 1_000;
    const leftS = done === 0 ? '?' : Math.ceil((seconds / done) * (count - done));
    const full = Math.round((done / count) * width);
    const bar = '█'.repeat(full).padEnd(width, '░');
    return `${bar} ${done}/${count}, ${leftS} s left, ${note()}`;
  };
  const show = (): void => {
    shownMs = performance.now();
    stderr.write(stderr.isTTY ? `\r\u001b[2K${line()}` : `${line()}\n`);
  };
  return {
    advance() {
      done += 1;
      if (performance.now() - shownMs > (stderr.isTTY ? 100 : quietMs)) show();
    },
    end() {
      show();
      if (stderr.isTTY) stderr.write('\n');
    },
  };
}
