import { describe, expect, it } from 'vitest';
import { isAlmostProductType, PRODUCT_DELETED, PRODUCT_UPDATED } from '../../../src/message/message-type.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a type that is ignored', () => {
  it.each([
    ['case', 'Sitecore.OrderCloud.Messages.Product.Updated'],
    ['white space at its end', `${PRODUCT_UPDATED} `],
    ['white space before it', `\t\n${PRODUCT_DELETED}`],
    ['what is not seen', `\ufeff${PRODUCT_UPDATED}\u200b`],
    ['quotes', `"${PRODUCT_UPDATED}"`],
    ['single quotes', `'${PRODUCT_UPDATED}'`],
    ['base64', base64(PRODUCT_UPDATED)],
    ['two layers of base64', base64(base64(PRODUCT_DELETED))],
    ['base64 of quotes', base64(`"${PRODUCT_UPDATED}"`)],
  ])('is a near miss where it differs by %s', (_, type) => {
    expect(isAlmostProductType(type)).toBe(true);
  });

  it.each([
    ['the type itself', PRODUCT_UPDATED],
    ['another', 'sitecore.ordercloud.messages.order.submitted'],
    ['a longer one', `${PRODUCT_UPDATED}.v2`],
    ['a shorter one', 'product.updated'],
    ['nothing', ''],
    ['endless quotes', `${'"'.repeat(1_000_000)}x`],
  ])('is none where it is %s', (_, type) => {
    expect(isAlmostProductType(type)).toBe(false);
  });
});
