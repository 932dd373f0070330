import { expect, it } from 'vitest';
import { welcome } from '../../../cli/start/text.ts';
import {
  LOCAL_EVENT_HUB,
  LOCAL_WEBHOOK_SECRET,
  localEventHubsConnectionString,
} from '../../../local/defaults.ts';
import type { Stack } from '../../../local/stack.ts';
import { cosmosSettings } from '../../support/cosmos.ts';

const IN_MEMORY = {
  endpoint: 'http://127.0.0.1:8081',
  connectionString: 'AccountEndpoint=http://127.0.0.1:8081/;AccountKey=a2V5LW9mLXRoZS10ZXN0cw;',
  close: async () => {},
};

function started(more: Partial<Stack>): Stack {
  return {
    url: 'http://127.0.0.1:7071',
    webhookUrl: 'http://127.0.0.1:7071/api/webhooks/products',
    healthUrl: 'http://127.0.0.1:7071/api/health',
    cosmos: IN_MEMORY,
    cosmosSettings: cosmosSettings(IN_MEMORY.connectionString),
    eventHubs: {
      isLocal: true,
      hub: LOCAL_EVENT_HUB,
      connectionString: localEventHubsConnectionString(),
    },
    kafka: { brokers: '127.0.0.1:9092', topic: 'products', consumerGroup: 'a', isLocal: true },
    webhookSecret: LOCAL_WEBHOOK_SECRET,
    close: async () => {},
    ...more,
  };
}

it('says how to send the samples, by each way there is, where they stay in memory', () => {
  const text = welcome(started({}));
  expect(text).toContain('  npm run send -- samples\n');
  expect(text).toContain('--via eventhub samples');
  expect(text).toContain('--via kafka samples');
});

it('suggests no samples where they would be written into an account', () => {
  const text = welcome(started({ cosmos: undefined }));
  expect(text).not.toContain('samples');
  expect(text).toContain('writes to the Cosmos DB account that your settings name');
});

it('puts no secret of yours on a command line', () => {
  const text = welcome(started({ webhookSecret: undefined }));
  expect(text).toContain('ORDERCLOUD_WEBHOOK_SECRET)');
  expect(text).not.toContain('--secret');
});

it('shows the random secret of a start', () => {
  const text = welcome(started({ cosmos: undefined, webhookSecret: '3f0a' }));
  expect(text).toContain('  Secret     3f0a (random, for this start;');
});

it('gives the commands for the ports of this start', () => {
  const cosmos = { ...IN_MEMORY, endpoint: 'http://127.0.0.1:9999' };
  const connectionString = localEventHubsConnectionString(5999);
  const text = welcome(
    started({
      url: 'http://127.0.0.1:7999',
      webhookUrl: 'http://127.0.0.1:7999/api/webhooks/products',
      cosmos,
      eventHubs: { isLocal: true, hub: 'shop', connectionString },
    }),
  );
  expect(text).toContain('  npm run send -- samples --url http://127.0.0.1:7999/api/webhooks/products\n');
  expect(text).toContain(`--via eventhub samples --connection-string '${connectionString}' --hub shop\n`);
  expect(text).toContain('products list --cosmos-port 9999\n');
  expect(text).toContain('npm run dead-letters -- list --cosmos-port 9999\n');
});
