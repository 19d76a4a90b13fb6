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

export function textToBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** The text, or undefined when the bytes are not UTF-8 (the only way to learn it is to try). */
export function bytesToText(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
