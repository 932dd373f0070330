import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containerDefinitions } from '../../../src/operate/containers.ts';
import {
  type DeadLetterArchive,
  type DeadLetterFilter,
  deadLetterArchive,
  type KeptDeadLetter,
} from '../../../src/operate/dead-letter-archive.ts';
import { createCosmosClient } from '../../../src/store/cosmos-client.ts';
import { bodyOf, type DeadLetter, type Rejection } from '../../../src/store/dead-letter.ts';
import { StoreUnavailableError } from '../../../src/store/store-errors.ts';
import { cosmosSettings, startTestCosmos, type TestCosmos } from '../../support/cosmos.ts';
import { deadLetterFor, deadLetterOf } from '../../support/dead-letters.ts';
import { httpDelivery } from '../../support/deliveries.ts';

let cosmos: TestCosmos;
let archive: DeadLetterArchive;
let unreadable: string[];
beforeAll(async () => {
  cosmos = await startTestCosmos();
});
afterAll(() => cosmos.close());

beforeEach(async () => {
  const { resources: ids } = await cosmos.deadLetters.items
    .query<string>('SELECT VALUE c.id FROM c')
    .fetchAll();
  await Promise.all(ids.map((id) => cosmos.deadLetters.item(id, id).delete()));
  unreadable = [];
  archive = deadLetterArchive(
    async () => cosmos.deadLetters,
    (id) => unreadable.push(id),
  );
});

async function keep(...deadLetters: DeadLetter[]): Promise<void> {
  await Promise.all(deadLetters.map((one) => cosmos.stores.deadLetters.keep(one)));
}

async function kept(id: string): Promise<KeptDeadLetter> {
  const found = await archive.read(id);
  if (found === null) throw new Error(`no dead letter ${id}`);
  return found;
}

async function listed(filter: DeadLetterFilter = {}): Promise<string[]> {
  const products: string[] = [];
  for await (const { productId } of archive.list(filter)) products.push(productId ?? '');
  return products;
}

const stillInvalid: Rejection = {
  reason: 'invalid-message',
  detail: 'One value is not as the message model asks; see issues.',
  issues: [{ path: 'Name', expected: 'a string', found: 'the number 3' }],
  messageType: 'sitecore.ordercloud.messages.product.updated',
  productId: 'MUG',
};

describe('the list', () => {
  const at = (minute: number, sequence: number) => ({
    sequence,
    receivedAt: `2026-11-22T12:0${minute}:00.000Z`,
  });
  const mug = deadLetterFor('MUG', at(1, 1), { reason: 'invalid-message' });
  const kettle = deadLetterFor('KETTLE', at(3, 2), { reason: 'invalid-json' });
  const grinder = deadLetterFor('GRINDER', at(2, 3), { reason: 'invalid-message' });

  it('is empty where there are none', async () => {
    expect(await listed()).toEqual([]);
  });

  it('has the newest receipt first', async () => {
    await keep(mug, kettle, grinder);
    expect(await listed()).toEqual(['KETTLE', 'GRINDER', 'MUG']);
  });

  it.each([
    [{ reason: 'invalid-message' }, ['GRINDER', 'MUG']],
    [{ productId: 'MUG' }, ['MUG']],
    [{ since: '2026-11-22T12:02:00.000Z' }, ['KETTLE', 'GRINDER']],
    [{ reason: 'invalid-message', since: '2026-11-22T12:02:00.000Z' }, ['GRINDER']],
    [{ reason: 'invalid-json', productId: 'MUG' }, []],
  ] as [DeadLetterFilter, string[]][])('can be of %j', async (filter, products) => {
    await keep(mug, kettle, grinder);
    expect(await listed(filter)).toEqual(products);
  });

  it('has everything but the body', async () => {
    await keep(mug);
    const [summary] = await archive.findByPrefix(mug.id, 1);
    const { body: _, bodyEncoding, bodySha256, schemaVersion, ttl, ...rest } = mug;
    expect(summary).toEqual(rest);
  });

  it('goes on from page to page', async () => {
    const many = Array.from({ length: 450 }, (_, sequence) => deadLetterFor('MUG', { sequence }));
    await keep(...many);
    expect(await listed()).toHaveLength(450);
  });

  it('names what is no dead letter, and passes it over', async () => {
    await keep(mug);
    await cosmos.deadLetters.items.create({ id: 'foreign', receivedAt: '2026-11-22T12:00:00.000Z' });
    expect(await listed()).toEqual(['MUG']);
    expect(await archive.read('foreign')).toBeNull();
    expect(unreadable).toEqual(['foreign', 'foreign']);
  });

  it('asks only for what is indexed', () => {
    const [, deadLetters] = containerDefinitions(cosmos.settings);
    const paths = deadLetters?.indexingPolicy?.includedPaths?.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/reason/?', '/productId/?', '/receivedAt/?']));
  });
});

describe('finding by the beginning of an ID', () => {
  it('finds those that begin so, as many as are wanted', async () => {
    const mug = deadLetterFor('MUG');
    const twin = { ...mug, id: `${mug.id.slice(0, 20)}${'0'.repeat(44)}` };
    await keep(mug, twin, deadLetterFor('KETTLE'));
    const found = async (prefix: string, limit = 5) =>
      (await archive.findByPrefix(prefix, limit)).map(({ id }) => id).sort();
    expect(await found(mug.id)).toEqual([mug.id]);
    expect(await found(mug.id.slice(0, 20))).toEqual([mug.id, twin.id].sort());
    expect(await found(mug.id.slice(0, 20), 1)).toHaveLength(1);
    expect(await found('not-an-id')).toEqual([]);
  });
});

describe('reading', () => {
  it('finds nothing under an unknown ID', async () => {
    expect(await archive.read('0'.repeat(64))).toBeNull();
  });

  it('tells when it will be gone', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    const { deadLetter, expiresAt } = await kept(mug.id);
    expect(deadLetter).toEqual(mug);
    expect(Math.abs(expiresAt.getTime() - Date.now() - mug.ttl * 1000)).toBeLessThan(30_000);
  });

  it.each([
    ['text', Buffer.from('{ "ProductID": "café",\r\n "xp": "\u0000\u2028𝄞" }\n')],
    ['a byte order mark', Buffer.from('\uFEFF{}')],
    ['bytes that are no text', Buffer.from([0xff, 0x00, 0xc3, 0x28])],
    ['nothing', Buffer.alloc(0)],
    ['what fits only compressed', Buffer.alloc(3_000_000, '"')],
  ])('brings back the exact bytes of %s', async (_, body) => {
    const deadLetter = deadLetterOf(httpDelivery(body));
    await keep(deadLetter);
    expect(bodyOf((await kept(deadLetter.id)).deadLetter).equals(body)).toBe(true);
  });

  it('brings back the first bytes of what fits in no way', async () => {
    const body = randomBytes(3_000_000);
    const deadLetter = deadLetterOf(httpDelivery(body));
    await keep(deadLetter);
    const first = bodyOf((await kept(deadLetter.id)).deadLetter);
    expect(first.byteLength).toBeGreaterThan(1_000_000);
    expect(first.equals(body.subarray(0, first.byteLength))).toBe(true);
  });
});

describe('removing', () => {
  it('is done once', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    expect(await archive.remove(mug.id)).toBe(true);
    expect(await archive.remove(mug.id)).toBe(false);
    expect(await listed()).toEqual([]);
  });

  it('can be for one version only', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    const before = await kept(mug.id);
    await archive.recordAttempt(before, stillInvalid);
    expect(await archive.remove(mug.id, before.etag)).toBe(false);
    expect(await archive.remove(mug.id, (await kept(mug.id)).etag)).toBe(true);
  });
});

describe('recording an attempt', () => {
  it('counts it, says what is wrong now, and changes nothing else', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    expect(await archive.recordAttempt(await kept(mug.id), stillInvalid)).toBe(true);
    const { ttl, ...after } = (await kept(mug.id)).deadLetter;
    const { ttl: _, ...before } = mug;
    expect(after).toEqual({ ...before, ...stillInvalid, attempts: 2 });
  });

  it('lets it expire when it would have', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    const inAnHour = new Date(Date.now() + 3_600_000);
    await archive.recordAttempt({ ...(await kept(mug.id)), expiresAt: inAnHour }, stillInvalid);
    const { deadLetter, expiresAt } = await kept(mug.id);
    expect(deadLetter.ttl).toBeLessThanOrEqual(3600);
    expect(Math.abs(expiresAt.getTime() - inAnHour.getTime())).toBeLessThan(2_000);
  });

  it('keeps what should have expired by now for the shortest time there is', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    await archive.recordAttempt({ ...(await kept(mug.id)), expiresAt: new Date(0) }, stillInvalid);
    expect((await kept(mug.id)).deadLetter.ttl).toBe(1);
  });

  it('is refused where it has changed, or is gone', async () => {
    const mug = deadLetterFor('MUG');
    await keep(mug);
    const before = await kept(mug.id);
    expect(await archive.recordAttempt(before, stillInvalid)).toBe(true);
    expect(await archive.recordAttempt(before, stillInvalid)).toBe(false);
    expect((await kept(mug.id)).deadLetter.attempts).toBe(2);
    await archive.remove(mug.id);
    expect(await archive.recordAttempt(before, stillInvalid)).toBe(false);
    expect(await archive.read(mug.id)).toBeNull();
  });
});

it('calls what cannot be used unavailable, whatever it was asked for', async () => {
  const client = await createCosmosClient(
    cosmosSettings('AccountEndpoint=http://127.0.0.1:1/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw==;'),
  );
  const nowhere = deadLetterArchive(async () => client.database('catalog').container('dead-letters'));
  const one: KeptDeadLetter = { deadLetter: deadLetterFor('MUG'), etag: '', expiresAt: new Date() };
  const list = async () => {
    for await (const _ of nowhere.list({}));
  };
  for (const ask of [
    list,
    () => nowhere.findByPrefix('0000', 1),
    () => nowhere.read('0'),
    () => nowhere.remove('0'),
    () => nowhere.recordAttempt(one, stillInvalid),
  ]) {
    await expect(ask()).rejects.toThrow(StoreUnavailableError);
  }
  client.dispose();
});
