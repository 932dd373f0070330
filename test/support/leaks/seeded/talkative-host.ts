import { PAYLOAD_MARKER } from '../find-leak.ts';

// A host that prints a payload, in two pieces of one line.
const stream = process.argv[2] === 'stderr' ? process.stderr : process.stdout;
stream.write(`message ${PAYLOAD_MARKER.slice(0, 9)}`);
setTimeout(() => stream.write(`${PAYLOAD_MARKER.slice(9)}\n`), 50);
