import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findLeak } from '../../support/leaks/find-leak.ts';
import { LEAST_LENGTH } from '../../support/leaks/secrets.ts';

/** What holds a secret: settings, flags, headers, and members of what OrderCloud and Azure are sent. */
const HOLDER =
  /\w+_SECRETS?|\w+_PASSWORD|COSMOS_KEY|FUNCTIONS_KEY|\w+_API_KEY|IDENTITY_HEADER|[cC]lientSecret|[pP]assword|SaslPassword|CustomAuthHeaderValue|access_token|[aA]piKey|x-functions-key|api-key/
    .source;
const TEXT = /['"`]([^'"`\n]+)['"`]/.source;

const PLACES = [
  `(?:${HOLDER})['"]?: ?${TEXT}`,
  `stubEnv\\('(?:${HOLDER})', ${TEXT}`,
  `SECRET = ${TEXT}`,
  /(?:AccountKey|SharedAccessKey|api-key)=([^;'"`\n]+)/.source,
].map((place) => new RegExp(`\\b${place}`, 'g'));

/** What is put together, what names a setting, and what stands for a secret that is hidden or left out. */
const NONE = /[$*…[]|^@Microsoft\.KeyVault|^%\w+%$|^p%x%$|^value\($/;

/** Secrets that a test's source makes up and that the leak check does not know. */
function unknownSecrets(source: string): string[] {
  const found = PLACES.flatMap((place) =>
    [...source.matchAll(place)].flatMap(([, text = '']) => text.split(',')),
  );
  return found.filter(
    (text) => text.length >= LEAST_LENGTH && !NONE.test(text) && findLeak('log', text) === null,
  );
}

it.each([
  ["const env = { KAFKA_PASSWORD: 'made-up' };", ['made-up']],
  ["vi.stubEnv('ORDERCLOUD_WEBHOOK_SECRETS', 'roast-1,unheard-of');", ['unheard-of']],
  ["post(body, { 'x-functions-key': 'made-up' })", ['made-up']],
  ["const SECRET = 'made-up';", ['made-up']],
  ["const COSMOS = 'AccountEndpoint=http://x/;AccountKey=bWFkZS11cA==;';", ['bWFkZS11cA==']],
  ["const env = { OTEL_EXPORTER_OTLP_HEADERS: 'api-key=made-up' };", ['made-up']],
  ["const env = { KAFKA_PASSWORD: 'kafka-password-of-the-tests' };", []],
])('of %s it is told which are unknown', (source, unknown) => {
  expect(unknownSecrets(source)).toEqual(unknown);
});

it('the leak check knows every secret that tests make up: `registerSecret`, or the list beside it', async () => {
  const files = (await readdir('test', { recursive: true })).filter(
    (file) => file.endsWith('.ts') && !/support.(leaks|secrets)/.test(file),
  );
  expect(files.length).toBeGreaterThan(100);
  const unknown: Record<string, string[]> = {};
  for (const file of files) {
    const found = unknownSecrets(await readFile(join('test', file), 'utf8'));
    if (found.length > 0) unknown[file] = found;
  }
  expect(unknown).toEqual({});
});
