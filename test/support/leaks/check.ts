import { expect } from 'vitest';
import { findLeak, type Telling, withoutSecrets } from './find-leak.ts';

const leaks: string[] = [];

/** Checks one line or answer; a leak fails the test that runs (`watch.ts`). */
export function checkTold(telling: Telling, text: string): void {
  const leak = findLeak(telling, text);
  if (leak === null) return;
  const { currentTestName = 'no test' } = expect.getState();
  leaks.push(`${PLACES[telling]} tells ${leak}, in "${currentTestName}": ${withoutSecrets(text)}`);
}

const PLACES = { log: 'A log line', answer: 'An answer', command: 'The output of a command' };

/** Checks an answer of the app, and returns it. */
export function checkedAnswer<Answer>(answer: Answer): Answer {
  checkTold('answer', JSON.stringify(answer) ?? '');
  return answer;
}

/** Checks an answer of the app that came over HTTP, its headers included, and returns it. */
export async function checkedResponse(response: Response): Promise<Response> {
  checkTold('answer', `${JSON.stringify([...response.headers])}\n${await response.clone().text()}`);
  return response;
}

/** Checks the message that a command ends with, as a terminal shows it, and returns it. */
export function checkedMessage({ message }: Error): string {
  checkTold('command', message);
  return message;
}

/** Checks text that comes in pieces, line by line, and passes it on to `write`. */
export function checkedLines<Text extends string | Uint8Array>(
  telling: Telling,
  write: (text: Text) => unknown = () => {},
): (text: Text) => void {
  let line = '';
  return (text) => {
    const lines = (line + Buffer.from(text as string).toString()).split('\n');
    for (const each of lines) checkTold(telling, each);
    line = lines.at(-1) ?? '';
    write(text);
  };
}

/** What has leaked since the last call. */
export function takeLeaks(): string[] {
  return leaks.splice(0);
}
