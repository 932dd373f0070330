import type { GenericFunctionOptions } from '@azure/functions';
import type { App } from '../src/app.ts';
import type { KafkaSettings } from '../src/settings/broker-settings.ts';
import { batchHandler, RETRY_FOR_EVER } from './batch-handler.ts';
import { fromKafkaBatch } from './kafka-batch.ts';

/** Receives OrderCloud's Kafka delivery. It names settings: the host resolves `%NAME%`, so no secret is here. */
export function productKafka(
  productSync: App,
  { consumerGroup, hasUser }: KafkaSettings,
): GenericFunctionOptions {
  return {
    trigger: {
      name: 'records',
      type: 'kafkaTrigger',
      brokerList: '%KAFKA_BROKERS%',
      topic: '%KAFKA_TOPIC%',
      consumerGroup,
      ...(hasUser && {
        protocol: 'SaslSsl',
        authenticationMode: 'Plain',
        username: '%KAFKA_USERNAME%',
        password: '%KAFKA_PASSWORD%',
      }),
      cardinality: 'MANY',
      // Each record is then JSON text with its position beside its value.
      dataType: 'string',
    },
    // The extension commits offsets after a failure, too, unless this policy or commitOnFailure in host.json keeps it
    // from that.
    retry: RETRY_FOR_EVER,
    handler: batchHandler(productSync, fromKafkaBatch),
  };
}
