/**
 * The partition of a key, as the SDK's buffered producer chooses it on the client: both results of Bob Jenkins'
 * lookup3 (public domain, https://burtleburtle.net/bob/c/lookup3.c, `hashlittle2` with seeds 0), xored, cut to
 * a signed 16-bit number. The broker must agree, or one key would land on two partitions.
 */
export function partitionOfKey(key: string, partitionCount: number): number {
  const [, b, c] = lookup3(Buffer.from(key, 'utf8'));
  const signed16 = ((b ^ c) << 16) >> 16;
  return Math.abs(signed16 % partitionCount);
}

type State = [a: number, b: number, c: number];

/** How far each step rotates; the three words take turns, so that step n changes word n modulo 3. */
const MIX_ROTATIONS = [4, 6, 8, 16, 19, 4];
const FINAL_ROTATIONS = [14, 11, 25, 16, 4, 14, 24];

function lookup3(bytes: Buffer): State {
  const seed = (0xdeadbeef + bytes.length) | 0;
  const state: State = [seed, seed, seed];
  if (bytes.length === 0) return state;
  let position = 0;
  for (; bytes.length - position > 12; position += 12) {
    addBlock(state, bytes, position);
    mix(state);
  }
  const last = Buffer.alloc(12);
  bytes.copy(last, 0, position);
  addBlock(state, last, 0);
  finish(state);
  return state;
}

function addBlock(state: State, bytes: Buffer, position: number): void {
  state[0] = (state[0] + bytes.readInt32LE(position)) | 0;
  state[1] = (state[1] + bytes.readInt32LE(position + 4)) | 0;
  state[2] = (state[2] + bytes.readInt32LE(position + 8)) | 0;
}

function mix(state: State): void {
  MIX_ROTATIONS.forEach((bits, step) => {
    const x = word(step);
    const y = word(step + 1);
    const z = word(step + 2);
    state[x] = ((state[x] - state[z]) | 0) ^ rotate(state[z], bits);
    state[z] = (state[z] + state[y]) | 0;
  });
}

function finish(state: State): void {
  FINAL_ROTATIONS.forEach((bits, step) => {
    const x = word(step + 2);
    const before = word(step + 1);
    state[x] = ((state[x] ^ state[before]) - rotate(state[before], bits)) | 0;
  });
}

function word(turn: number): 0 | 1 | 2 {
  return (turn % 3) as 0 | 1 | 2;
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
