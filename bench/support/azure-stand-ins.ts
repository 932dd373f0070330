import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { selfSignedCertificate } from '../../test/support/self-signed-certificate.ts';

/** What `azd up` sets the app beside: its identity, Application Insights, and Cosmos DB over TLS. */
export type AzureStandIns = {
  /** The app's settings, as infra/modules/function-app.bicep has them. */
  env: Record<string, string>;
  /** @throws when nobody has asked for a token or sent telemetry: nothing was measured that should have been */
  requireUsed(): void;
  close(): Promise<void>;
};

/** Starts them, with Cosmos DB in front of the one at `cosmosEndpoint`, since a token is sent over TLS only. */
export async function startAzureStandIns(cosmosEndpoint: string): Promise<AzureStandIns> {
  const certificate = selfSignedCertificate();
  const folder = await mkdtemp(path.join(tmpdir(), 'azure-'));
  const authorities = path.join(folder, 'ca.pem');
  await writeFile(authorities, certificate.cert);

  const used = { identity: 0, applicationInsights: 0 };
  const identity = createHttpServer((_, response) => {
    used.identity += 1;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ access_token: 'token', token_type: 'Bearer', expires_on: '4102444800' }));
  });
  const ingestion = createHttpsServer(certificate, (request, response) => {
    used.applicationInsights += 1;
    response.setHeader('content-type', 'application/json');
    const answer = JSON.stringify({ itemsReceived: 1, itemsAccepted: 1, errors: [] });
    request.resume().once('end', () => response.end(answer));
  });
  const { hostname, port } = new URL(cosmosEndpoint);
  const cosmos = createTlsServer(certificate, (socket) => {
    const upstream = connect(Number(port), hostname);
    socket.on('error', () => upstream.destroy()).pipe(upstream);
    upstream.on('error', () => socket.destroy()).pipe(socket);
  });
  const [identityPort, ingestionPort, cosmosPort] = await Promise.all(
    [identity, ingestion, cosmos].map(listening),
  );
  return {
    env: {
      NODE_EXTRA_CA_CERTS: authorities,
      COSMOS_ENDPOINT: `https://127.0.0.1:${cosmosPort}`,
      IDENTITY_ENDPOINT: `http://127.0.0.1:${identityPort}/token`,
      IDENTITY_HEADER: 'header',
      AZURE_CLIENT_ID: 'user-assigned',
      APPLICATIONINSIGHTS_CONNECTION_STRING: `InstrumentationKey=00000000-0000-0000-0000-00000000c0de;IngestionEndpoint=https://127.0.0.1:${ingestionPort}/`,
      // Soon enough to be sent before the process is stopped.
      OTEL_BSP_SCHEDULE_DELAY: '500',
    },
    requireUsed() {
      for (const [name, requests] of Object.entries(used)) {
        if (requests === 0)
          throw new Error(`The app asked nothing of ${name}: there was nothing to measure.`);
      }
    },
    async close() {
      for (const server of [identity, ingestion]) server.closeAllConnections();
      for (const server of [identity, ingestion, cosmos]) server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
