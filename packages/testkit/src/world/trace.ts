// What happened, as one number and, if asked for, as lines: the same seed must give the same number.

const primeA = 0x01000193;
const primeB = 0x85ebca6b;

/** Owns the trace of one run. */
export class Trace {
  readonly lines: string[] = [];
  private readonly isKept: boolean;
  private a = 0x811c9dc5;
  private b = 0x9747b28c;

  constructor(o: { readonly keepLines: boolean }) {
    this.isKept = o.keepLines;
  }

  /** The hash of everything so far, in hexadecimal. */
  get hash(): string {
    return [this.a, this.b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  mixNumber(value: number): void {
    const whole = Math.floor(value);
    this.a = Math.imul(this.a ^ whole, primeA);
    this.b = Math.imul(this.b ^ Math.floor((value - whole) * 2 ** 20) ^ (whole / 2 ** 32), primeB);
  }

  mixText(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at);
      this.a = Math.imul(this.a ^ code, primeA);
      this.b = Math.imul(this.b ^ code, primeB);
    }
  }

  mixBytes(bytes: Uint8Array): void {
    let { a, b } = this;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at] ?? 0;
      a = Math.imul(a ^ byte, primeA);
      b = Math.imul(b + byte, primeB) ^ (b >>> 15);
    }
    this.a = a;
    this.b = b;
  }

  /** A line for people; `tell` is called only where lines are kept. */
  note(atMs: number, tell: () => string): void {
    if (this.isKept) this.lines.push(`${atMs.toFixed(1).padStart(10)}  ${tell()}`);
  }
}
