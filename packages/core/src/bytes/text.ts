// UTF-8 in and out. TextEncoder is pure, but `lib` knows it only with a platform: declared by hand.

interface Utf8Encoder {
  encode(text: string): Uint8Array;
}
interface Utf8Decoder {
  decode(bytes: Uint8Array): string;
}
declare const TextEncoder: new () => Utf8Encoder;
declare const TextDecoder: new (
  label: string,
  o: { fatal: boolean; ignoreBOM: boolean },
) => Utf8Decoder;

const encoder = new TextEncoder();
// A leading byte order mark is kept (`ignoreBOM`): dropped, two encodings would be one text.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Up to here a call of the platform's encoder costs more than the work: ids and most names are shorter. */
const shortMax = 100;

export function textToBytes(text: string): Uint8Array {
  return (text.length <= shortMax && shortAsciiToBytes(text)) || encoder.encode(text);
}

function shortAsciiToBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit > 0x7f) return undefined;
    bytes[at] = unit;
  }
  return bytes;
}

/** The text, or undefined when the bytes are not UTF-8 (the only way to learn it is to try). */
export function bytesToText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
