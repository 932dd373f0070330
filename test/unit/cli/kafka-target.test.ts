import { describe, expect, it } from 'vitest';
import { kafkaTarget } from '../../../cli/send/kafka.ts';

const SHOP = {
  KAFKA_BROKERS: 'shop:9093',
  KAFKA_USERNAME: 'u',
  KAFKA_PASSWORD: 'kafka-password-of-the-tests',
};

describe('the topic to send to', () => {
  it('is that of the settings, or the one that the local stack reads', () => {
    expect(kafkaTarget({}, { ...SHOP, KAFKA_TOPIC: 'catalog' })).toEqual({
      brokers: ['shop:9093'],
      topic: 'catalog',
      user: { username: 'u', password: 'kafka-password-of-the-tests' },
      address: 'kafka://shop:9093/catalog',
    });
    expect(kafkaTarget({}, { KAFKA_BROKERS: 'a:1,b:2', KAFKA_TOPIC: '' })).toMatchObject({
      brokers: ['a:1', 'b:2'],
      topic: 'products',
      user: undefined,
    });
  });

  it('is another where the flags say so, and its brokers get no user and password that are for others', () => {
    expect(kafkaTarget({ brokers: '127.0.0.1:9092', topic: 't' }, SHOP)).toEqual({
      brokers: ['127.0.0.1:9092'],
      topic: 't',
      user: undefined,
      address: 'kafka://127.0.0.1:9092/t',
    });
    expect(kafkaTarget({ brokers: 'shop:9093' }, SHOP).user).toBeDefined();
  });

  it.each([
    ['no brokers', {}, {}, 'Which Kafka? Set KAFKA_BROKERS or pass --brokers HOST:PORT.'],
    ['brokers that are none', {}, { KAFKA_BROKERS: 'hush-hush' }, 'KAFKA_BROKERS must be HOST:PORT'],
    ['an empty topic', { topic: '' }, SHOP, 'KAFKA_TOPIC is missing'],
    ['half a user', {}, { ...SHOP, KAFKA_PASSWORD: '' }, 'KAFKA_PASSWORD is missing'],
  ])('is refused with %s, without quoting a value', (_, flags, env, message) => {
    expect(() => kafkaTarget(flags, env)).toThrow(message);
    expect(() => kafkaTarget(flags, env)).toThrow(/^(?!.*(password-of|hush))/);
  });
});
