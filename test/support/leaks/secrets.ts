import { LOCAL_COSMOS_KEY, LOCAL_EVENT_HUBS_KEY, LOCAL_WEBHOOK_SECRET } from '../../../local/defaults.ts';

/** Every form in which a secret could be told, with what a report says instead. */
const forms = new Map<string, string>();

/** Shorter ones would be found in texts that tell nothing. */
export const LEAST_LENGTH = 6;

/** From now on nothing may tell this secret. `name` stands for it in reports. */
export function registerSecret(name: string, secret: string): void {
  if (secret.length < LEAST_LENGTH) throw new Error(`${name} is too short to be told from other text.`);
  for (const form of inBase64(secret)) forms.set(form, `${name} in base64`);
  forms.set(encodeURIComponent(secret), `${name} in a URL`);
  forms.set(secret, name);
}

/** Within the base64 of a longer text a secret looks in one of three ways, by where in it it begins. */
function inBase64(secret: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    // Without the characters that hold bits of what stands before and behind it.
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6));
  });
}

/** The name of a secret that is in the text; null when none is. */
export function secretIn(text: string): string | null {
  // The two alphabets of base64.
  const other = text.replaceAll('-', '+').replaceAll('_', '/');
  for (const [form, name] of forms) if (text.includes(form) || other.includes(form)) return name;
  return null;
}

/** The text with names instead of secrets. */
export function withNamesOfSecrets(text: string): string {
  let shown = text;
  for (const [form, name] of forms) {
    shown = shown.replaceAll(form, `«${name}»`);
    shown = shown.replaceAll(form.replaceAll('+', '-').replaceAll('/', '_'), `«${name}»`);
  }
  return shown;
}

/** What tests make up, and what protects the local stack. A test finds those that are not here. */
const OF_THE_TESTS = {
  'the key of the local Event Hubs broker': LOCAL_EVENT_HUBS_KEY,
  LOCAL_COSMOS_KEY,
  LOCAL_WEBHOOK_SECRET,
  'a webhook secret': 'roastery-secret',
  'a secret that nobody can guess': 'a-secret-of-the-tests',
  'a secret among settings of a developer': 'a-secret-of-my-own',
  'another secret among settings of a developer': 'another-of-mine',
  'a first webhook secret': 'roast-1',
  'a second webhook secret': 'roast-2',
  'a former webhook secret': 'former-roast-secret',
  'a webhook secret that the app does not know': 'a-secret-that-the-app-does-not-know',
  'a webhook secret that OrderCloud is given': 'the-secret-that-nobody-may-see',
  "the webhook sender's secret": 's3cret',
  'a webhook secret among malformed settings': 'secret-hook',
  'a secret of a flag': 'secret-from-flag',
  'a secret of a variable': 'secret-from-variable',
  'what a malformed setting holds': 'hush-hush',
  "OrderCloud's client secret": 'client-secret-of-the-tests',
  'a wrong client secret': 'not-the-secret',
  'a function key that OrderCloud is given': 'the-key-that-nobody-may-see',
  'a function key': 'functions-key-of-the-tests',
  'a function key of a variable': 'key-from-variable',
  'a key among the properties of an event': 'secret-key',
  'a token among the properties of an event': 'secret-token',
  'a key of an Event Hub that OrderCloud is given': 'the-send-key-nobody-may-see',
  'a key of an Event Hub': 'hidden-key-of-the-hub',
  'a malformed connection string': 'nonsense-of-a-secret',
  'a key of Cosmos DB': 'key-of-the-tests',
  'an encoded key of Cosmos DB': 'a2V5LW9mLXRoZS10ZXN0cw',
  'a key of Cosmos DB among settings': 'Y29mZmVl',
  'a key of Cosmos DB among malformed settings': 'secret-espresso',
  "Sitecore Search's key": 'key-of-sitecore-search',
  "a third party's key": 'hidden-in-config-data',
  "Kafka's password": 'kafka-password-of-the-tests',
  "the collector's key": 'key of the collector',
  "the identity endpoint's header": 'identity-header-of-the-tests',
  'an access token': 'access-token-of-the-tests',
};
for (const [name, secret] of Object.entries(OF_THE_TESTS)) registerSecret(name, secret);
