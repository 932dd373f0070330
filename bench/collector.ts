import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// An OTLP collector in a process of its own, which throws away what it gets and counts the requests.
let requests = 0;
const server = createServer((request, response) => {
  requests += 1;
  request.resume().once('end', () => response.end());
});
server.listen(0, '127.0.0.1', () => {
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
process.on('message', () => process.send?.(requests));
process.once('disconnect', () => {
  server.closeAllConnections();
  server.close();
});
