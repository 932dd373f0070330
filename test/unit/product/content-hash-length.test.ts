import { describe, expect, it } from 'vitest';
import { GUJI } from '../message/guji.ts';
import { changeOf } from './document-of.ts';

const hashOf = (product: object) => changeOf(product).sync.contentHash;

/** As many objects inside each other as a payload may nest, which all end at once. */
const NESTED = JSON.parse(`${'{"a":'.repeat(60)}{}${'}'.repeat(60)}`);

describe('the hash', () => {
  it('is there at every length of a document, another each time, and equal whatever was hashed before', () => {
    const short = hashOf(GUJI);
    const hashes = new Set<string | null>();
    for (let length = 3_600; length <= 4_200; length += 1) {
      hashes.add(hashOf({ xp: [new Array(length).fill(null), NESTED] }));
    }
    expect(hashes.size).toBe(601);

    const long = Array.from({ length: 20_000 }, (_, index) => index);
    const first = hashOf({ xp: long });
    expect([hashOf(GUJI), hashOf({ xp: long })]).toEqual([short, first]);
    expect(hashOf({ xp: [...long.slice(0, -1), 0] })).not.toBe(first);
  });
});
