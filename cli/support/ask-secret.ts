import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';

/** Asks at the terminal and shows nothing of what is typed. Null on Ctrl-C and Ctrl-D. */
export function askSecretAtTerminal(
  question: string,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<string | null> {
  return new Promise((resolve) => {
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
    const terminal = createInterface({ input, output: nowhere, terminal: true });
    // Only now that nothing is echoed any more: whoever types ahead of the question is not shown it either.
    output.write(question);
    let answer: string | null = null;
    terminal.on('SIGINT', () => terminal.close());
    terminal.on('line', (line) => {
      answer = line;
      terminal.close();
    });
    terminal.on('close', () => {
      output.write('\n');
      resolve(answer);
    });
  });
}
