import { createServer } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { generate } from 'selfsigned';
import { onTestFinished } from 'vitest';
import { listen, stopListening } from '../../local/listen.ts';
import { checkTold } from './leaks/check.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** What Application Insights is sent, one for each span and point of a metric. */
type Envelope = {
  iKey?: string;
  instrumentationKey?: string;
  tags: Record<string, string>;
  data: { baseType: string; baseData: Record<string, unknown> & { properties?: Record<string, string> } };
};

/** Starts an endpoint, for the running test, where Application Insights takes telemetry in. It keeps what it gets. */
export async function startIngestion() {
  const { private: key, cert } = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] },
    ],
  });
  const envelopes: Envelope[] = [];
  const server = createServer({ key, cert }, async (request, response) => {
    const sent = await text(request);
    // Whoever reads the log reads this.
    checkTold('log', sent);
    const taken = JSON.parse(sent) as Envelope[];
    envelopes.push(...taken);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ itemsReceived: taken.length, itemsAccepted: taken.length, errors: [] }));
  });
  const port = await listen(server);
  onTestFinished(() => stopListening(server));
  const folder = await temporaryFolder({ 'ca.pem': cert });
  return {
    url: `https://127.0.0.1:${port}/`,
    /** A file with the certificate, which nobody trusts by himself: the exporter speaks HTTPS only. */
    authorities: join(folder, 'ca.pem'),
    envelopes,
  };
}
