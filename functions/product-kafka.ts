import { app, type FunctionHandler } from '@azure/functions';
import type { App } from '../src/app.ts';
import type { KafkaSettings } from '../src/settings/broker-settings.ts';
import { spanOfCaller } from '../src/telemetry/trace.ts';
import { warnOfInvocationByHand } from './invoked-by-hand.ts';
import { fromKafkaBatch } from './kafka-batch.ts';
import { logTo } from './log-to.ts';
import { RETRY_FOR_EVER } from './retry-for-ever.ts';

/** Receives OrderCloud's Kafka delivery. Throws if a transient failure remains after four minutes of retries. */
export function productKafka(productSync: App): FunctionHandler {
  return async (records, context) => {
    const log = logTo(context);
    const deliveries = fromKafkaBatch(records);
    if (deliveries === null) return warnOfInvocationByHand(log);
    const caller = spanOfCaller(context.traceContext?.traceParent);
    await productSync.receiveBatch(deliveries, log, caller);
  };
}

/** Registers the trigger. It names settings: the host resolves `%NAME%`, so no secret is here. */
export function registerProductKafka(productSync: App, { consumerGroup, hasUser }: KafkaSettings): void {
  app.generic('productKafka', {
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
    // Besides the retries within an invocation, and commitOnFailure in host.json: without either, the extension commits
    // offsets after a failure, too.
    retry: RETRY_FOR_EVER,
    handler: productKafka(productSync),
  });
}
