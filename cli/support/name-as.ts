import type { Command } from 'commander';

/** How the help of a command names itself and the others when npm runs them: `npm run --silent replay --`. */
const AS_NPM_SCRIPT = /\bnpm (?:run )?(?:--silent )?(start|demo|replay|dead-letters)\b(?: --(?= |$|\n))?/g;

type Writer = { write(text: string): unknown };
type Output = { stdout: Writer; stderr: Writer };

/** Lets a command that npm scripts run too speak of itself as a subcommand of the program. */
export function nameAs(command: Command, fullName: string, output: Output = process): void {
  const program = fullName.split(' ')[0];
  const rename = (text: string) =>
    text.replace(/\s+\(with npm run --silent,\s+nothing else\)/g, '').replace(AS_NPM_SCRIPT, `${program} $1`);
  command.name(fullName);
  for (const each of [command, ...command.commands]) {
    each.configureOutput({
      writeOut: (text) => output.stdout.write(rename(text)),
      writeErr: (text) => output.stderr.write(rename(text)),
    });
  }
}
