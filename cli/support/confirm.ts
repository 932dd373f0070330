import { createInterface } from 'node:readline';

export type Answer = 'yes' | 'no' | 'interrupted';

/**
 * Asks at the terminal; anything but `y` or `yes` is no, Ctrl-D too. On standard error, because standard output
 * belongs to the result.
 */
export function confirmAtTerminal(
  question: string,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stderr,
): Promise<Answer> {
  return new Promise((resolve) => {
    const terminal = createInterface({ input, output });
    let answer: Answer | null = null;
    terminal.on('SIGINT', () => {
      answer = 'interrupted';
      terminal.close();
    });
    terminal.on('close', () => {
      if (answer === null || answer === 'interrupted') output.write('\n');
      resolve(answer ?? 'no');
    });
    terminal.question(`${question} [y/N] `, (text) => {
      answer = /^y(es)?$/i.test(text.trim()) ? 'yes' : 'no';
      terminal.close();
    });
  });
}
