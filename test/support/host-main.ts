import { startFunctionsHost } from '../../local/functions-host/host.ts';
import type { HostedApp } from './host-process.ts';

// A Functions host alone in a process, for a test to kill. It prints its log, one entry a line, and at last its URL; on
// SIGTERM it closes, after which nothing must keep the process alive.

const options = JSON.parse(process.argv[2] ?? '') as HostedApp;
const print = (entry: object) => process.stdout.write(`${JSON.stringify(entry)}\n`);

const host = await startFunctionsHost({ ...options, port: 0, log: print });
print({ level: 'information', category: 'host', message: host.url });
process.once('SIGTERM', () => void host.close());
