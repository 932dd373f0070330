import { describe, expect, it } from 'vitest';
import { readWebhookSecrets } from '../../../src/settings/webhook-secrets.ts';

const read = (ORDERCLOUD_WEBHOOK_SECRETS: string) => readWebhookSecrets({ ORDERCLOUD_WEBHOOK_SECRETS });

describe('secrets', () => {
  it.each([
    ['one', 'espresso', ['espresso']],
    ['several', 'old,new,newest', ['old', 'new', 'newest']],
    ['not trimmed', ' old , new ', [' old ', ' new ']],
    ['empty ones dropped', ',old,,new,', ['old', 'new']],
    ['nothing but commas', ',,', []],
    ['beyond ASCII', 'Größe,☕', ['Größe', '☕']],
    ['the same twice', 'a,a', ['a', 'a']],
    ['with other punctuation', 'a;b,c=d "e"', ['a;b', 'c=d "e"']],
  ])('%s', (_, value, secrets) => {
    expect(read(value)).toMatchObject({ secrets, problems: [] });
  });
});

describe('a secret that anybody can guess', () => {
  const REFERENCE = '@Microsoft.KeyVault(SecretUri=https://vault.example/secrets/webhook/)';

  it.each([
    ['a blank part', 'good, ', 'is blank (secret 2 of 2)'],
    ['one space', ' ', 'is blank'],
    ['what is not seen', 'good,\u200b\ufeff\t', 'is blank (secret 2 of 2)'],
    ['a reference that was not resolved', REFERENCE, 'is a reference that Azure could not resolve'],
    ['another spelling of one', ` ${REFERENCE.toLowerCase()}`, 'is a reference that Azure could not resolve'],
    [
      'a reference beside a secret',
      `good,${REFERENCE}`,
      'is a reference that Azure could not resolve (secret 2 of 2)',
    ],
  ])('makes them all unusable: %s', (_, value, problem) => {
    expect(read(value)).toEqual({
      secrets: [],
      problems: [{ part: 'webhooks', name: 'ORDERCLOUD_WEBHOOK_SECRETS', problem }],
      warnings: [],
    });
  });
});

describe('a secret that may be a mistake', () => {
  const SPACE = 'begins or ends with white space or quotes, which count';

  it.each([
    ['a-secret-of-15ch', []],
    ['a-secret-of-15c', ['is shorter than 16 characters']],
    ['a-secret-of-the-tests, another-of-the-tests', [`${SPACE} (secret 2 of 2)`]],
    [
      'short,a-secret-of-the-tests ',
      ['is shorter than 16 characters (secret 1 of 2)', `${SPACE} (secret 2 of 2)`],
    ],
    ['"a-secret-of-the-tests"', [SPACE]],
    ["a-secret-of-the-tests'", [SPACE]],
    ['a-secret-of-the-tests\u200b', [SPACE]],
    ['a-secret-of-the-tests\n', ['holds a line break or a byte order mark']],
    ['\ufeffa-secret-of-the-tests', ['holds a line break or a byte order mark']],
    ['a secret "of" the tests', []],
  ])('is warned of by its position, and stands as it is: %j', (value, warnings) => {
    const found = read(value);
    expect(found.warnings).toEqual(warnings.map((warning) => `ORDERCLOUD_WEBHOOK_SECRETS ${warning}`));
    expect(found.secrets.join(',')).toBe(value);
    expect(found.warnings.join()).not.toMatch(/of-the-tests|short,/);
  });
});
