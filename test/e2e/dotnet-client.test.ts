import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startEventHubsBroker } from '../../local/event-hubs/broker.ts';

// The client that Core Tools and the Functions host bring: Azure.Messaging.EventHubs for .NET, unmodified.

const PROJECT = new URL('dotnet-client/', import.meta.url).pathname;
const QUIET = { DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' };

function whyNot(): string | undefined {
  if (spawnSync('dotnet', ['--version']).status === 0) return undefined;
  if (process.env.CI) throw new Error('CI must have the .NET SDK.');
  return 'skipped: the .NET SDK (dotnet) is not installed';
}

const reason = whyNot();

test.skipIf(reason)(
  `the .NET client uses the broker as it is${reason ? ` (${reason})` : ''}`,
  async () => {
    const broker = await startEventHubsBroker({ hub: { name: 'products', partitionCount: 4 } });
    try {
      const env = { ...process.env, ...QUIET, EventHubConnection: broker.connectionString };
      const args = ['run', '--project', PROJECT, '--configuration', 'Release', '--verbosity', 'quiet'];
      const { stdout } = await promisify(execFile)('dotnet', args, { env, timeout: 150_000 });
      const events = ['event 0', 'event 1', 'event 2', 'event 3', 'event 4'];
      expect(JSON.parse(stdout)).toEqual({
        hub: 'products',
        partitionIds: ['0', '1', '2', '3'],
        lastSequenceNumber: 4,
        read: {
          earliest: events,
          afterSequenceNumber: events.slice(3),
          fromSequenceNumber: events.slice(2),
          afterOffset: events.slice(3),
          fromOffset: events.slice(2),
          fromTime: events,
          latest: [],
        },
        keys: ['AEROPRESS-GO', 'AEROPRESS-GO', 'AEROPRESS-GO'],
        keyPartitions: 1,
        lone: {
          body: 'alone',
          types: { int: 'Int32', long: 'Int64', float: 'Single', time: 'DateTimeOffset' },
        },
        wrongKey: 'UnauthorizedAccessException',
        refusals: ['ConsumerDisconnected', 'ConsumerDisconnected'],
      });
    } finally {
      await broker.close();
    }
  },
  180_000,
);
