import { secretIn, withNamesOfSecrets } from './secrets.ts';

/**
 * Where a text was told: in a log, in an answer to a webhook, or on the screen of a command, which may show a payload
 * to the person who asked for it.
 */
export type Telling = 'log' | 'answer' | 'command';

/** As much of a scalar as an answer may quote. */
const MAX_QUOTED = 40;

/** Repeated, so that whatever part of it is told can be recognised. A multiple of 3, for base64's sake. */
const PERIOD = 'payload-marker:';

/** What builders of messages put into names, descriptions and `xp`: it may be stored, but not be told. */
export const PAYLOAD_MARKER = PERIOD.repeat(5);

/** Every part of a marker that is longer than an answer may quote begins with one of these. */
const TOO_LONG = [...PERIOD].map((_, start) => PAYLOAD_MARKER.slice(start, start + MAX_QUOTED + 1));

/** Markers within base64 look the same wherever they stand, but for three alignments. */
const IN_BASE64 = [0, 1, 2].map((start) =>
  Buffer.from(PERIOD.repeat(3).slice(start)).toString('base64').slice(0, 24),
);

/** Keys of connection strings, known or not; an ellipsis, as help texts have it, is none. */
const CONNECTION_STRING_KEY = /\b(?:AccountKey|SharedAccessKey|SharedAccessSignature|sig)=[\w+/%-]{8,}/i;

/** `npm start` prints the local stack's own keys on purpose: they protect nothing but a laptop's own loopback. */
const TOLD_ON_PURPOSE = [
  /^ {2}Secret {5}local-webhook-secret \(/,
  /^ {2}Event Hub {2}"[^"]*" at Endpoint=sb:\/\/(?:localhost|127\.0\.0\.1)/,
  /^ {2}npm run send -- --via eventhub samples --connection-string 'Endpoint=sb:\/\/(?:localhost|127\.0\.0\.1)/,
  /^ {4}"\w+": "(?:AccountEndpoint=http:|Endpoint=sb:|\S+AccountName=devstoreaccount1;\S+;BlobEndpoint=http:)\/\/127\.0\.0\.1/,
];

/** What a text tells that it must not; null when there is nothing. The answer itself quotes no secret. */
export function findLeak(telling: Telling, text: string): string | null {
  if (telling !== 'answer' && TOLD_ON_PURPOSE.some((pattern) => pattern.test(text))) return null;
  const secret = secretIn(text);
  if (secret !== null) return `the secret "${secret}"`;
  if (CONNECTION_STRING_KEY.test(text)) return 'a key of a connection string';
  if (telling === 'command') return null;
  if (IN_BASE64.some((marker) => text.includes(marker))) return 'a part of a payload in base64';
  const lowerCase = text.toLowerCase();
  if (telling === 'log' && lowerCase.includes(PERIOD)) return 'a part of a payload';
  if (TOO_LONG.some((marker) => lowerCase.includes(marker))) {
    return `more than ${MAX_QUOTED} characters of a payload`;
  }
  return null;
}

/** The text as a report may show it: around the beginning, and without secrets. */
export function withoutSecrets(text: string): string {
  const shown = withNamesOfSecrets(text).replace(
    new RegExp(CONNECTION_STRING_KEY, 'gi'),
    (key) => `${key.split('=')[0]}=«a key»`,
  );
  return shown.length > 500 ? `${shown.slice(0, 500)}…` : shown;
}
