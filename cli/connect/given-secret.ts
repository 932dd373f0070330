import { CommandError } from '../support/command-error.ts';
import { misuse } from '../support/surroundings.ts';
import type { TargetSources } from './wanted-target.ts';

/** A secret from the environment, or asked for; never from the command line, where others could read it. */
export async function givenSecret(
  { given, askSecret, isDryRun }: TargetSources,
  { variable, question }: { variable: string; question: string },
): Promise<{ value: string; origin: string }> {
  const value = given[variable];
  if (value !== undefined) return { value, origin: `from ${variable}` };
  if (isDryRun) return { value: '', origin: 'to be asked for' };
  if (askSecret === null) throw misuse(`${variable} is not set, and there is no terminal to ask at.`);
  const answer = await askSecret(`${question} (not shown): `);
  if (answer === null) throw new CommandError('Interrupted. Nothing was changed.', { exitCode: 130 });
  if (answer.trim() === '') throw misuse(`Nothing was given. Set ${variable}, or run the command again.`);
  return { value: answer.trim(), origin: 'as typed' };
}
